// Buttons that send one change to the API and show what it answered.
import { describe, send } from "./api";
import { leaveSaved } from "./saved";

interface Test {
  class?: string;
  explanation?: string;
  status?: number;
  response?: { body?: string };
}

/** How a test event went, with what was answered. */
function outcome(test: Test): string {
  const parts = [test.explanation ?? test.class ?? ""];
  if (test.status) parts.push(`HTTP ${test.status}`);
  if (test.response?.body) parts.push(test.response.body);
  return parts.join(", ");
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
    else if (!box.dataset.then) result.textContent = box.dataset.done ?? outcome(answer.body);
    else {
      leaveSaved();
      if (box.dataset.then === "reload") location.reload();
      else location.assign(box.dataset.then);
    }
  });
}

export function offerActions(): void {
  document.querySelectorAll<HTMLElement>("[data-action]").forEach(offer);
}
