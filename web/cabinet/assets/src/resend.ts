// Sending deliveries again: one, or all that a filter picks. The server counts them first, and
// sends exactly as many as were confirmed.
import { describe, send } from "./api";

const element = (within: ParentNode, selector: string): HTMLElement | null => within.querySelector<HTMLElement>(selector);

function resendOne(box: HTMLElement): void {
  const button = box.querySelector("button");
  const result = element(box, ".result");
  if (!button || !result) return;
  box.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    const answer = await send<unknown>("POST", box.dataset.resend ?? "");
    result.textContent = answer.ok ? box.dataset.done ?? "" : describe(answer.problem);
    button.hidden = answer.ok;
    button.disabled = false;
  });
}

const rows = (): HTMLInputElement[] => Array.from(document.querySelectorAll<HTMLInputElement>("[data-select]"));

/** The ids of the deliveries whose rows are selected. */
const selected = (): string[] => rows().filter((row) => row.checked).map((row) => row.dataset.select ?? "");

/** Makes rows selectable, and reports how many are whenever that changes. */
function offerSelection(changed: (count: number) => void): void {
  const all = document.querySelector<HTMLInputElement>("[data-select-all]");
  if (!all) return;
  for (const box of [all, ...rows()]) box.hidden = false;
  const update = (): void => {
    const count = selected().length;
    all.checked = count > 0 && count === rows().length;
    all.indeterminate = count > 0 && !all.checked;
    changed(count);
  };
  all.addEventListener("change", () => {
    for (const row of rows()) row.checked = all.checked;
    update();
  });
  for (const row of rows()) row.addEventListener("change", update);
  // Browsers keep what was selected when somebody goes back, or loads the page anew.
  window.addEventListener("pageshow", update);
  update();
}

interface Count {
  count: number;
}

function resendAll(box: HTMLElement): void {
  const [start, yes, cancel] = [":scope > button", ".yes-button", ".cancel"].map((s) => box.querySelector<HTMLButtonElement>(s));
  const [confirm, question, result] = [".confirm", ".question", ".result"].map((s) => element(box, s));
  if (!start || !yes || !cancel || !confirm || !question || !result) return;
  const address = box.dataset.resendAll ?? "";
  const selects = box.dataset.selected !== undefined;
  const read = (): unknown => (selects ? { delivery_ids: selected() } : JSON.parse(box.dataset.filter ?? "{}"));
  let filter: unknown;
  let count = 0;
  const ask = (is: boolean): void => {
    confirm.hidden = !is;
    start.hidden = is;
    (is ? yes : start).focus();
  };
  box.hidden = false;
  if (selects) {
    offerSelection((count) => {
      start.textContent = (box.dataset.selected ?? "").replace("%", String(count));
      start.disabled = count === 0;
      if (!confirm.hidden) ask(false);
    });
  }
  start.addEventListener("click", async () => {
    filter = read();
    const answer = await send<Count>("POST", address, { filter });
    if (!answer.ok) result.textContent = describe(answer.problem);
    else if (answer.body.count === 0) result.textContent = box.dataset.none ?? "";
    else {
      count = answer.body.count;
      question.textContent = (box.dataset.ask ?? "").replace("%", String(count));
      ask(true);
    }
  });
  cancel.addEventListener("click", () => ask(false));
  yes.addEventListener("click", async () => {
    const answer = await send<Count>("POST", address, { filter, expected_count: count });
    result.textContent = answer.ok ? (box.dataset.done ?? "").replace("%", String(count)) : describe(answer.problem);
    ask(false);
  });
}

export function offerResends(): void {
  document.querySelectorAll<HTMLElement>("[data-resend]").forEach(resendOne);
  document.querySelectorAll<HTMLElement>("[data-resend-all]").forEach(resendAll);
}
