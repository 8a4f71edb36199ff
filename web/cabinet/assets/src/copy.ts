// Buttons that copy a text.

/** Shows a button that copies a text. Browsers have a clipboard only on pages of https and of this machine. */
export function offerCopy(button: HTMLButtonElement): void {
  if (!navigator.clipboard) return;
  const before = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy ?? "");
    button.textContent = button.dataset.done ?? before;
  });
}

export function offerCopies(): void {
  document.querySelectorAll<HTMLButtonElement>("[data-copy]").forEach(offerCopy);
}
