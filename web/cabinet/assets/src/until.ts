// Steps that wait for something to happen elsewhere. The page is loaded anew once it has.
import { read } from "./api";

const every = 4000; // milliseconds between two questions

function isSet(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== "";
}

let typed = false; // something is in a field that loading the page anew would lose

async function wait(note: HTMLElement): Promise<void> {
  const answer = document.hidden ? undefined : await read<Record<string, unknown>>(note.dataset.until ?? "");
  if (answer?.ok && isSet(answer.body[note.dataset.field ?? ""])) {
    if (typed) note.textContent = note.dataset.done ?? "";
    else location.reload();
  }
  else if (!answer || answer.ok) setTimeout(() => void wait(note), every);
}

export function waitForSteps(): void {
  const first = document.querySelector<HTMLElement>("[data-until]");
  if (!first) return;
  first.textContent = first.dataset.waiting ?? "";
  document.addEventListener("input", () => (typed = true));
  setTimeout(() => void wait(first), every);
}
