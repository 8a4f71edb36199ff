import { attempt, ifPermitted } from "../guard";
import { add, apply, observer, visitPending } from "../numbers";
import { Untouched } from "../visit";
import { catchRoots, roots } from "./components";
import { findOriginal } from "./copies";
import { submitted } from "./leads";
import { swapSplit } from "./split";
import { hasDigit } from "./writing";

/** The attributes that people read or hear, besides the addresses of links. */
const READ = ["aria-label", "aria-description", "title", "alt", "value"];

/** Follows the numbers below a node. */
const follow = (root: Node) =>
  observer.observe(root, { childList: true, subtree: true, characterData: true, attributeFilter: ["href", ...READ] });

const watched = new WeakSet<ShadowRoot>();

/** Follows the numbers and the forms of a component. The submissions of its forms do not reach the window. */
const watchRoot = (root: ShadowRoot) => {
  if (!watched.has(root)) {
    watched.add(root);
    follow(root);
    root.addEventListener("submit", (event) => ifPermitted(() => submitted(event.target as HTMLFormElement)), true);
  }
  add(root);
  visitPending();
};

/** Follows the components that are made from now on. */
export const watchComponents = (): void => catchRoots((root) => ifPermitted(() => watchRoot(root)));

const isRead = ({ localName, value, ownerElement }: Attr) =>
  localName === "href"
    ? /^\s*(tel|callto):/i.test(value)
    : READ.includes(localName) && (localName !== "value" || ownerElement!.matches("input:is([type=button],[type=submit],[type=reset])"));

const visitElement = (element: Element) => {
  for (const attribute of element.attributes) {
    if (hasDigit(attribute.value) && isRead(attribute)) {
      attempt(() => {
        findOriginal(attribute);
        apply(attribute);
      });
    }
  }
  if (element === document.documentElement) follow(document);
  const root = roots.get(element) || element.shadowRoot;
  if (root) watchRoot(root);
};

/** Shows the numbers in a text, in the attributes of an element, and in a component. */
export const visit = (node: Node): void => {
  if (node instanceof Element) visitElement(node);
  else if (node instanceof Text && hasDigit(node.data) && !node.parentElement?.closest(Untouched.Selector)) {
    findOriginal(node);
    if (!swapSplit(node)) apply(node);
  }
};
