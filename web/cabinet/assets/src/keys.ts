// The keys of the pages. Single characters do nothing while somebody types, and can be switched
// off altogether (WCAG 2.1.4). Escape and Control with K always work.
import { switchPalette } from "./palette";

const place = (key: string): HTMLElement | null => document.querySelector<HTMLElement>(`[data-key="${key}"]`);

/** The links of the rows of the first table, in order. */
function rows(): HTMLElement[] {
  const all = Array.from(document.querySelectorAll<HTMLElement>("main table tbody tr"));
  return all.flatMap((row) => row.querySelector<HTMLElement>("a") ?? []);
}

function step(by: number): void {
  const links = rows();
  const at = links.indexOf(document.activeElement as HTMLElement);
  links[at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + by, 0), links.length - 1)]?.focus();
}

function types(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "SELECT", "TEXTAREA"].includes(target.tagName));
}

/** Whether something is open that Escape closes by itself. */
const closes = (): boolean => document.querySelector("dialog[open], details.menu[open]") !== null;

function bindSingle(list: HTMLDialogElement): void {
  let goes = false; // the key before was g
  const actions: Record<string, () => void> = {
    "/": () => document.querySelector<HTMLElement>("main input[type=search], header input[type=search]")?.focus(),
    "?": () => list.showModal(),
    j: () => step(1),
    k: () => step(-1),
    x: () => document.activeElement?.closest("tr")?.querySelector<HTMLElement>("[data-select]")?.click(),
    e: () => place("e")?.click(),
    "[": () => place("[")?.click(),
    "]": () => place("]")?.click(),
    g: () => (goes = true),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || types(event.target) || document.querySelector("dialog[open]")) return;
    const went = goes;
    goes = false;
    if (went && place("g" + event.key)) place("g" + event.key)?.click();
    else if (actions[event.key]) actions[event.key]();
    else return;
    event.preventDefault();
  });
}

function bindOthers(event: KeyboardEvent): void {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    switchPalette();
  } else if (event.key === "Escape" && !types(event.target) && !closes()) place("Escape")?.click();
}

export function bindKeys(): void {
  // Before the menus' own handler, which closes them: one press does one thing.
  document.addEventListener("keydown", bindOthers, { capture: true });
  const list = document.querySelector<HTMLDialogElement>("dialog.keys");
  if (document.documentElement.dataset.keys !== "off" && list) bindSingle(list);
}
