// Buttons that copy a text.

function offer(button: HTMLButtonElement): void {
  const before = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy ?? "");
    button.textContent = button.dataset.done ?? before;
  });
}

export function offerCopies(): void {
  // Browsers have a clipboard only on pages of https and of this machine.
  if (navigator.clipboard) document.querySelectorAll<HTMLButtonElement>("[data-copy]").forEach(offer);
}
