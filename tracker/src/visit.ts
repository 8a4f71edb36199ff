import { apply } from "./numbers";

/** Matches elements whose text is no text of the page: code, and what people type. */
export const enum Untouched {
  Selector = "script,style,title,textarea,option,:read-write",
}

/** Shows the numbers in a text, or in the address of a link. */
export const visit = (node: Node): void => {
  if ((node as HTMLAnchorElement).protocol === "tel:") apply((node as Element).getAttributeNode("href")!);
  else if (/\d/.test(node.nodeValue!) && !node.parentElement?.closest(Untouched.Selector)) apply(node);
};
