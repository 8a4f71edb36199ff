import { Key, readJSON, remove, write } from "./storage";
import { visit } from "./visit";
import { Replacements, swap } from "./numberpattern";
import { hide, reveal, hideNumbers } from "./antiflicker";
import { mustWait, Phase, phase } from "./hydration";
import { attempt } from "./guard";

export type { Replacements };

export const enum Limit {
  /** milliseconds of work without a break */
  Slice = 8,
  /** how often the page may restore one text */
  Returns = 50,
  /** changes of all texts of the page, within so many milliseconds */
  Changes = 2000,
  Within = 10_000,
}

/** The kinds of nodes that a tree walker visits. */
export const enum Nodes {
  Elements = 1,
  Texts = 4,
}

/** The page's own text or attribute, its replacement, and how often the page has undone it. In the end the page wins. */
export type Change = [original: string, shown: string, returns: number];

/** What was changed. */
export const changes = new WeakMap<Node, Change>();
/** Nodes to process. */
const pending = new Set<Node>();
/** The numbers to show; undefined until they are known. */
export let numbers: Replacements | undefined;

/** Recent changes. */
let count = 0;

/** Counts a change, and reports whether there were too many. A page that undoes each change by creating the text again must not hang. */
export const isTooMuch = () => {
  if (!count++) setTimeout(() => (count = 0), Limit.Within);
  return count > Limit.Changes;
};

/** Shows the numbers in a text or an attribute. */
export const apply = (node: Node) => {
  const now = node.nodeValue!;
  let [original, shown, returns] = changes.get(node) || [now, now, 0];
  if (shown !== now) {
    returns = original === now ? returns + 1 : 0;
    original = now;
  }
  shown = swap(original, (number, form, start, length) => {
    const formats = numbers?.[number];
    if (numbers && !(formats && mustWait(() => show(numbers)))) return formats?.[form];
    return hide(node, start, length);
  });
  if (shown === now || (shown !== original && (returns > Limit.Returns || isTooMuch()))) return;
  changes.set(node, [original, shown, returns]);
  node.nodeValue = shown;
};

/** Processes the pending nodes for some milliseconds, then lets the browser work before it continues. */
export const visitPending = (): void | number => {
  const end = Date.now() + Limit.Slice;
  for (const node of pending) {
    pending.delete(node);
    attempt(() => visit(node));
    if (Date.now() > end) return setTimeout(visitPending);
  }
};

/** Adds a node and those below it to the nodes to process. */
export const add = (root: Node) => {
  const walker = document.createTreeWalker(root, Nodes.Elements | Nodes.Texts);
  for (let node: Node | null | false = !pending.has(root) && root; node; node = walker.nextNode()) pending.add(node);
};

/** Processes what the page changes. */
export const observer = new MutationObserver((records) => {
  for (const record of records) {
    pending.add(record.target);
    record.addedNodes.forEach(add);
  }
  visitPending();
});

/** Shows these numbers; undefined hides those of the page. */
export const show = (shown?: Replacements) => {
  if (!CONFIG.r.length) return;
  numbers = shown;
  observer.observe(document, { childList: true, subtree: true, characterData: true, attributeFilter: ["href"] });
  add(document);
  visitPending();
};

/** Shows these numbers instead of the page's, and stores them so that the session's later pages show them at once. */
export const applyNumbers = (shown: Replacements): void => {
  show(shown);
  if (phase !== Phase.Waiting) reveal();
  write(Key.Numbers, JSON.stringify([Date.now(), shown]));
};

/** Replaces numbers on the page and in content that is added later. */
export const watchNumbers = (): void => {
  const [at, cached] = readJSON<[number, Replacements]>(Key.Numbers) || [0];
  hideNumbers();
  show(Date.now() - at < CONFIG.m * 60_000 ? cached : undefined);
};

/** Restores the page's own numbers. */
export const restoreNumbers = (): void => {
  reveal();
  show({});
  observer.disconnect();
  remove(Key.Numbers);
};
