import { hide } from "../antiflicker";
import { mustWait, Phase, phase } from "./hydration";
import { Form, placesOf, swap, swapAt } from "./numberpattern";
import { changes, isTooMuch, Limit, Nodes, numbers, show } from "../numbers";

/** Numbers that are split over several texts, such as <b>202</b> 555-0100. */

/** Matches the elements that do not separate texts. */
const INLINE = "tspan,a,abbr,b,bdi,bdo,big,cite,code,em,font,i,mark,nobr,s,small,span,strong,sub,sup,tt,u,wbr";
/** How many texts before and after one are read with it: a number may have each of its characters in one. */
const NEIGHBOURS = 30;

interface Part {
  node: Text;
  original: string;
  /** where it begins in the joined text */
  start: number;
  /** what is shown, up to the place in the original that is done */
  shown: string;
  done: number;
  /** a part of a number is in it */
  split?: boolean;
}

const blockOf = (node: Node) => {
  let block = node.parentElement;
  while (block?.matches(INLINE)) block = block.parentElement;
  return block;
};

const neighbours = (text: Text, step: "previousNode" | "nextNode") => {
  const found: Text[] = [];
  const block = blockOf(text);
  const walker = document.createTreeWalker(text.getRootNode(), Nodes.Elements | Nodes.Texts);
  walker.currentNode = text;
  for (let node: Node | null; found.length < NEIGHBOURS && (node = walker[step]()); ) {
    if (node instanceof Text ? blockOf(node) !== block : !(node as Element).matches(INLINE)) break;
    if (node instanceof Text) found.push(node);
  }
  return found;
};

const partsAround = (text: Text): Part[] => {
  let start = 0;
  return [...neighbours(text, "previousNode").reverse(), text, ...neighbours(text, "nextNode")].map((node) => {
    const now = node.nodeValue!;
    const [original, shown] = changes.get(node) || [now, now];
    const part = { node, original: shown === now ? original : now, start, shown: "", done: 0 };
    start += part.original.length;
    return part;
  });
};

/** Writes the replacement of a number into its parts: by characters if it is equally long, otherwise into the first part. */
const replace = (parts: Part[], start: number, written: string, replaced: string) =>
  parts.forEach((part, i) => {
    const from = Math.max(start - part.start, 0);
    const to = Math.min(start - part.start + written.length, part.original.length);
    const offset = part.start + from - start;
    part.shown +=
      part.original.slice(part.done, from) +
      (replaced.length === written.length ? replaced.slice(offset, offset + to - from) : i ? "" : replaced);
    part.done = to;
    if (parts[1]) part.split = true;
    if (parts[1] && replaced === written && (!numbers || phase === Phase.Waiting)) hide(part.node, from, to - from);
  });

const write = ({ node, original, shown }: Part) => {
  const now = node.nodeValue!;
  const [before, last, returns] = changes.get(node) || [now, now, 0];
  const undone = last !== now && before === now ? returns + 1 : returns;
  if (now === shown || undone > Limit.Returns || isTooMuch()) return;
  changes.set(node, [original, shown, undone]);
  node.nodeValue = shown;
};

const formatOf = (number: string, form: Form) => {
  const formats = numbers?.[number];
  return formats && !mustWait(() => show(numbers)) ? formats[form] : undefined;
};

/** Shows the numbers of which a text has a part, and reports whether there are any. */
export const swapSplit = (text: Text): boolean => {
  // Most texts are alone in their element.
  if (!text.previousSibling && !text.nextSibling && !text.parentElement?.matches(INLINE)) return false;
  const parts = partsAround(text);
  if (!parts[1]) return false;
  const joined = parts.map(({ original }) => original).join("");
  for (const [start, end] of placesOf(joined, swap)) {
    const written = joined.slice(start, end);
    const holding = parts.filter((part) => part.start < end && part.start + part.original.length > start);
    replace(holding, start, written, swapAt(joined, start, end, swap, formatOf));
  }
  const isSplit = parts.some(({ node, split }) => node === text && split);
  if (isSplit) {
    parts.forEach((part) => {
      part.shown += part.original.slice(part.done);
      if (part.split) write(part);
    });
  }
  return isSplit;
};
