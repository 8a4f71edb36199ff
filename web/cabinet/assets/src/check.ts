// The check of a page of the site: what was found, the problems first.
import { describe, send } from "./api";

interface Finding {
  level: "ok" | "warning" | "problem";
  what: string;
  detail?: string;
}

const badges = { ok: "done", warning: "waiting", problem: "failed" } as const;
const order = ["problem", "warning", "ok"];

function show(form: HTMLFormElement, finding: Finding): HTMLElement {
  const [item, badge] = [document.createElement("li"), document.createElement("span")];
  badge.className = "badge " + badges[finding.level];
  badge.textContent = form.dataset[finding.level] ?? finding.level;
  item.append(badge, " " + finding.what);
  if (finding.detail) {
    const detail = document.createElement("div");
    detail.className = "note";
    detail.textContent = finding.detail;
    item.append(detail);
  }
  return item;
}

function offer(form: HTMLFormElement): void {
  const [field, button, result] = [form.querySelector("input"), form.querySelector("button"), form.querySelector(".result")];
  const list = form.parentElement?.querySelector(".findings");
  if (!field || !button || !result || !list) return;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    result.textContent = "";
    button.disabled = true;
    const answer = await send<{ findings: Finding[] }>("POST", form.dataset.check ?? "", { url: field.value });
    button.disabled = false;
    if (!answer.ok) result.textContent = describe(answer.problem);
    const found = answer.ok ? [...answer.body.findings] : [];
    found.sort((x, y) => order.indexOf(x.level) - order.indexOf(y.level));
    list.replaceChildren(...found.map((f) => show(form, f)));
  });
}

export function offerChecks(): void {
  document.querySelectorAll<HTMLFormElement>("form[data-check]").forEach(offer);
}
