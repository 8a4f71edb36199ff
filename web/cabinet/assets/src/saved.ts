// The message that a change was saved. The page is loaded anew after most changes, so the
// message is shown by the next one. It lies above the page: nothing moves.

const key = "ringback-saved";

/** Leaves the message to the page that is loaded next. */
export function leaveSaved(): void {
  sessionStorage.setItem(key, "1");
}

/** Shows the message that the page before has left. */
export function showSaved(): void {
  const place = document.querySelector<HTMLElement>("[data-saved-text]");
  if (!place || sessionStorage.getItem(key) === null) return;
  sessionStorage.removeItem(key);
  // Screen readers read what is written into a region, not what it holds from the start.
  requestAnimationFrame(() => (place.textContent = place.dataset.savedText ?? ""));
}
