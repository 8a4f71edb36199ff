// The fields of filters are as the address of the page says, also after going back: browsers
// put what was chosen last into them, or keep the page as it was left.

function isAsLeft(event: PageTransitionEvent): boolean {
  const [entry] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return event.persisted || entry?.type === "back_forward" || entry?.type === "reload";
}

export function keepFilters(): void {
  window.addEventListener("pageshow", (event) => {
    if (isAsLeft(event)) document.querySelectorAll<HTMLFormElement>("form.filters").forEach((form) => form.reset());
  });
}
