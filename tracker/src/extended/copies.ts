import { changes } from "../numbers";

/** The page's own spellings, by the spellings that were shown in their place. Pages copy elements and texts with a shown number. */
const originals = new Map<string, string>();

const NUMBER = /[+(\p{Nd}].*/su;

/** Stores what a shown spelling stands for. */
export const remember = (original: string, shown: string): void => {
  const [own] = original.match(NUMBER)!;
  const [number] = shown.match(NUMBER)!;
  if (own !== number) originals.set(number, own);
};

const ownText = (text: string) => {
  for (const [shown, own] of originals) {
    const parts = text.split(shown);
    text = parts.reduce((joined, part, i) => joined + (/\d$/.test(parts[i - 1]!) || /^\d/.test(part) ? shown : own) + part);
  }
  return text;
};

/** Makes the page's own numbers the original of a node whose text is a copy of a changed one. */
export const findOriginal = (node: Node): void => {
  const now = node.nodeValue!;
  const [original, shown, returns] = changes.get(node) || [now, "", 0];
  const own = ownText(now);
  if (shown !== now && own !== now) changes.set(node, [own, now, own === original ? returns + 1 : 0]);
};
