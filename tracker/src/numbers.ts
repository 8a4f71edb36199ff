import { cover, liftCurtain, raiseCurtain } from "./curtain";
import { Shown, swap } from "./occurrences";
import { mustWait, Phase, phase } from "./hydration";
import { attempt } from "./page";
import { Kept, readJSON, remove, write } from "./storage";

export type { Shown };

const enum Limit {
  Slice = 8,
  /** of one text that comes back */
  Returns = 50,
  /** of all texts of the page, and within how many milliseconds */
  Changes = 2000,
  Within = 10_000,
}

/** Which nodes a tree walker shows. */
const enum Nodes {
  Elements = 1,
  Texts = 4,
}

/** What the page itself says in a text or an attribute, what stands there instead, and how often the page undid it: it wins in the end. */
type Change = [original: string, shown: string, returns: number];

const changes = new WeakMap<Node, Change>();
/** Nodes to look at. */
const pending = new Set<Node>();
/** undefined: not known yet */
let numbers: Shown | undefined;

/** Changes lately. */
let count = 0;

/** Counts a change. A page may undo each by making the text anew, and it must not hang. */
const isTooMuch = () => {
  if (!count++) setTimeout(() => (count = 0), Limit.Within);
  return count > Limit.Changes;
};

const apply = (node: Node) => {
  const now = node.nodeValue!;
  let [original, shown, returns] = changes.get(node) || [now, now, 0];
  if (shown !== now) {
    returns = original === now ? returns + 1 : 0;
    original = now;
  }
  shown = swap(original, (number, form, start, length) => {
    const formats = numbers?.[number];
    if (numbers && !(formats && mustWait(() => show(numbers)))) return formats?.[form];
    return cover(node, start, length);
  });
  if (shown === now || (shown !== original && (returns > Limit.Returns || isTooMuch()))) return;
  changes.set(node, [original, shown, returns]);
  node.nodeValue = shown;
};

const visit = (node: Node) => {
  if (node instanceof Element) {
    if ((node as HTMLAnchorElement).protocol === "tel:") apply(node.getAttributeNode("href")!);
  } else if (/\d/.test(node.nodeValue!) && !node.parentElement?.closest("script,style,title,textarea,option,[contenteditable]")) {
    apply(node);
  }
};

/** Looks at the pending nodes for some milliseconds, and at the others after the browser had its turn. */
const visitPending = () => {
  const end = Date.now() + Limit.Slice;
  for (const node of pending) {
    pending.delete(node);
    attempt(() => visit(node));
    if (Date.now() > end) {
      setTimeout(visitPending);
      return;
    }
  }
};

const add = (root: Node) => {
  const walker = document.createTreeWalker(root, Nodes.Elements | Nodes.Texts);
  for (let node: Node | null = pending.has(root) ? null : root; node; node = walker.nextNode()) pending.add(node);
};

const observer = new MutationObserver((records) => {
  for (const record of records) {
    pending.add(record.target);
    record.addedNodes.forEach(add);
  }
  visitPending();
});

const show = (shown?: Shown) => {
  if (!CONFIG.r.length) return;
  numbers = shown;
  observer.observe(document, { childList: true, subtree: true, characterData: true, attributeFilter: ["href"] });
  add(document);
  visitPending();
};

/** Shows these numbers instead of the page's, on the session's later pages at once. */
export const keepNumbers = (shown: Shown): void => {
  show(shown);
  if (phase !== Phase.Waiting) liftCurtain();
  write(Kept.Numbers, JSON.stringify([Date.now(), shown]));
};

/** Looks for numbers on the page as it is, and in what comes later. */
export const watchNumbers = (): void => {
  const [at, cached] = readJSON<[number, Shown]>(Kept.Numbers) || [0];
  raiseCurtain();
  show(Date.now() - at < CONFIG.m * 60_000 ? cached : undefined);
};

/** Gives the page its own numbers back. */
export const restoreNumbers = (): void => {
  liftCurtain();
  show({});
  observer.disconnect();
  remove(Kept.Numbers);
};
