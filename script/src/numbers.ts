import { config } from "./config";
import { cover, liftCurtain, raiseCurtain } from "./curtain";
import { Shown, swap } from "./occurrences";
import { attempt } from "./page";
import { Kept, readJSON, remove, write } from "./storage";

export type { Shown };

const enum Limit {
  Slice = 8,
  Changes = 50,
}

/** Which nodes a tree walker shows. */
const enum Nodes {
  Elements = 1,
  Texts = 4,
}

/** What the page itself says in a text or an attribute, what stands there instead, and how often it was changed: a page that undoes it wins in the end. */
type Change = [original: string, shown: string, count: number];

const changes = new WeakMap<Node, Change>();
/** Nodes to look at. */
const pending = new Set<Node>();
/** undefined: not known yet */
let numbers: Shown | undefined;

const apply = (node: Node) => {
  const now = node.nodeValue!;
  let [original, shown, count] = changes.get(node) || [now, now, 0];
  if (shown !== now) original = now;
  shown = swap(original, numbers, (start, length) => cover(node, start, length));
  if (shown === now || count > Limit.Changes) return;
  changes.set(node, [original, shown, count + 1]);
  node.nodeValue = shown;
};

const visit = (node: Node) => {
  if (node instanceof Element) {
    const link = node.getAttributeNode("href");
    if (link && /^tel:/.test(link.value)) apply(link);
  } else if (/\d/.test(node.nodeValue!) && !node.parentElement?.closest("script,style,textarea,[contenteditable]")) {
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
  if (!config.r.length) return;
  numbers = shown;
  observer.observe(document, { childList: true, subtree: true, characterData: true, attributeFilter: ["href"] });
  add(document);
  visitPending();
};

/** Shows these numbers instead of the page's, on the session's later pages at once. */
export const keepNumbers = (shown: Shown): void => {
  liftCurtain();
  show(shown);
  write(Kept.Numbers, JSON.stringify([Date.now(), shown]));
};

/** Looks for numbers on the page as it is, and in what comes later. */
export const watchNumbers = (): void => {
  const [at, cached] = readJSON<[number, Shown]>(Kept.Numbers) || [0];
  if (Date.now() - at < config.m * 60_000) show(cached);
  else {
    raiseCurtain();
    show();
  }
};

/** Gives the page its own numbers back. */
export const restoreNumbers = (): void => {
  liftCurtain();
  show({});
  observer.disconnect();
  remove(Kept.Numbers);
};
