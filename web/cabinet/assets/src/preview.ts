// Trying the settings of the form on the last days, page by page, with progress. It is
// cancelled by asking for no further page.
import { type Problem, send } from "./api";

interface Item {
  conversion_id: string;
  kind: "call" | "lead";
  at: string;
  phone?: string;
  verdict: "send" | "skip";
  explanation: string;
  change?: "gained" | "lost";
}

interface Counts {
  judged: number;
  sent: number;
  gained: number;
  lost: number;
  rebuilt: number;
  skipped: { reason: string; explanation: string; count: number }[];
}

interface Page {
  total: number;
  judged: number;
  counts: Counts;
  items: Item[];
  next_cursor: string;
}

interface Form {
  settings(): Record<string, unknown>;
  failed(problem: Problem): void;
  good(): void;
}

type List = "sent" | "gained" | "lost" | "skipped";

const lists: List[] = ["gained", "lost", "sent", "skipped"];

/** How many of each list are shown. */
const shown = 50;

/** What the pages so far come to. */
class Sum {
  counts: Record<List, number> = { sent: 0, skipped: 0, gained: 0, lost: 0 };
  rebuilt = 0;
  reasons = new Map<string, number>();
  items: Record<List, Item[]> = { sent: [], skipped: [], gained: [], lost: [] };

  add(page: Page): void {
    const c = page.counts;
    this.counts.sent += c.sent;
    this.counts.skipped += c.judged - c.sent;
    this.counts.gained += c.gained;
    this.counts.lost += c.lost;
    this.rebuilt += c.rebuilt;
    for (const s of c.skipped) this.reasons.set(s.explanation, (this.reasons.get(s.explanation) ?? 0) + s.count);
    for (const item of page.items) {
      const of: List[] = [item.verdict === "send" ? "sent" : "skipped"];
      if (item.change) of.push(item.change);
      for (const list of of) if (this.items[list].length < shown) this.items[list].push(item);
    }
  }

  /** Which items of the next page are needed. */
  wanted(): string {
    return lists.every((list) => this.items[list].length >= Math.min(shown, this.counts[list])) && this.items.sent.length >= shown && this.items.skipped.length >= shown
      ? "none"
      : "all";
  }
}

function element(name: string, text = "", ...children: HTMLElement[]): HTMLElement {
  const made = document.createElement(name);
  if (text !== "") made.textContent = text;
  made.append(...children);
  return made;
}

function row(box: HTMLElement, conversions: string, item: Item): HTMLElement {
  const link = element("a", new Date(item.at).toLocaleString(document.documentElement.lang, { timeZone: box.dataset.zone || "UTC", dateStyle: "medium", timeStyle: "short" }));
  link.setAttribute("href", conversions + item.conversion_id);
  const kind = box.dataset[item.kind === "call" ? "labelCall" : "labelLead"] ?? item.kind;
  return element("li", "", link, element("span", ` ${kind}${item.phone ? ` ${item.phone}` : ""}: ${item.explanation}`));
}

function showResult(box: HTMLElement, conversions: string, sum: Sum): void {
  const result = box.querySelector<HTMLElement>("[data-try-result]");
  if (!result) return;
  const parts: HTMLElement[] = [];
  for (const list of lists) {
    const n = sum.counts[list];
    if (n === 0 && (list === "gained" || list === "lost")) continue;
    const details = element("details", "", element("summary", `${box.dataset[`label${list[0].toUpperCase()}${list.slice(1)}`] ?? list}: ${n}`));
    if (list === "skipped" && n > 0) {
      const reasons = [...sum.reasons].sort((a, b) => b[1] - a[1]).map(([text, count]) => element("li", `${count}: ${text}`));
      details.setAttribute("open", "");
      details.append(element("ul", "", ...reasons));
    }
    if (n > 0) details.append(element("ul", "", ...sum.items[list].map((item) => row(box, conversions, item))));
    if (n > sum.items[list].length) details.append(element("p", (box.dataset.labelMore ?? "").replace("%", String(n - sum.items[list].length))));
    parts.push(details);
  }
  if (sum.rebuilt > 0) parts.push(element("p", (box.dataset.labelRebuilt ?? "").replace("%", String(sum.rebuilt))));
  result.replaceChildren(...parts);
}

export function offerPreview(form: HTMLFormElement, of: Form): void {
  const box = form.querySelector<HTMLElement>("[data-try]");
  const start = form.querySelector<HTMLButtonElement>("[data-try-start]");
  const cancel = form.querySelector<HTMLButtonElement>("[data-try-cancel]");
  const status = form.querySelector<HTMLElement>("[data-try-status]");
  const progress = form.querySelector<HTMLProgressElement>("[data-try-progress]");
  if (!box || !start || !cancel || !status || !progress) return;
  let cancelled = false;
  const running = (is: boolean): void => {
    cancel.hidden = !is;
    progress.hidden = !is;
    start.disabled = is;
  };
  cancel.addEventListener("click", () => (cancelled = true));

  /** Asks for page after page. Reports whether all were judged. */
  const tryAll = async (settings: Record<string, unknown>, sum: Sum): Promise<void> => {
    for (let cursor: string | undefined = ""; cursor !== undefined && !cancelled; ) {
      const body: Record<string, unknown> = { ...settings, days: 30, limit: 500, show: sum.wanted() };
      if (cursor !== "") body.cursor = cursor;
      const answer = await send<Page>("POST", form.dataset.preview ?? "", body);
      if (!answer.ok) return of.failed(answer.problem);
      of.good();
      const page: Page = answer.body;
      sum.add(page);
      progress.max = Math.max(page.total, 1);
      progress.value = page.judged;
      status.textContent = page.total === 0 ? box.dataset.labelNone ?? "" : (box.dataset.labelProgress ?? "").replace("%", String(page.judged)).replace("%", String(page.total));
      showResult(box, form.dataset.conversions ?? "", sum);
      cursor = page.next_cursor === "" ? undefined : page.next_cursor;
    }
    if (cancelled) status.textContent = `${status.textContent ?? ""} ${box.dataset.labelCancelled ?? ""}`;
  };

  start.addEventListener("click", async () => {
    cancelled = false;
    status.textContent = "";
    running(true);
    await tryAll(of.settings(), new Sum());
    running(false);
    box.querySelector<HTMLElement>("[data-try-result] summary")?.focus();
  });
}
