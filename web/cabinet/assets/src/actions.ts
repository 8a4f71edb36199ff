// Buttons that send one change to the API and show what it answered.
import { describe, send } from "./api";

interface Test {
  class?: string;
  explanation?: string;
}

function offer(box: HTMLElement): void {
  const button = box.querySelector("button");
  const result = box.querySelector<HTMLElement>(".result");
  if (!button || !result) return;
  box.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    const answer = await send<Test>(box.dataset.method ?? "POST", box.dataset.action ?? "", box.dataset.body ? JSON.parse(box.dataset.body) : undefined);
    button.disabled = false;
    if (!answer.ok) result.textContent = describe(answer.problem);
    else if (box.dataset.then === "reload") location.reload();
    else if (box.dataset.then?.startsWith("/")) location.assign(box.dataset.then);
    else result.textContent = answer.body.explanation ?? answer.body.class ?? "";
  });
}

export function offerActions(): void {
  document.querySelectorAll<HTMLElement>("[data-action]").forEach(offer);
}
