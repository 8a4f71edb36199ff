import { attempt, ifPermitted } from "../guard";
import { add, apply, observer, visitPending } from "../numbers";
import { Untouched } from "../visit";
import { findOriginal } from "./copies";
import { submitted } from "./leads";
import { swapSplit } from "./split";
import { hasDigit } from "./writing";

/** The attributes that people read or hear, besides the addresses of links. */
const READ = ["aria-label", "aria-description", "title", "alt", "value"];

/** Follows the numbers below a node. */
const follow = (root: Node) =>
  observer.observe(root, { childList: true, subtree: true, characterData: true, attributeFilter: ["href", ...READ] });

/** The roots of components. Those that pages cannot reach are here alone. */
const roots = new WeakMap<Element, ShadowRoot>();

/** Follows the numbers and the forms of a component. The submissions of its forms do not reach the window. */
const watchRoot = (host: Element, root: ShadowRoot) => {
  if (!roots.has(host)) {
    roots.set(host, root);
    follow(root);
    root.addEventListener("submit", (event) => ifPermitted(() => submitted(event.target as HTMLFormElement)), true);
  }
  add(root);
  visitPending();
};

const attachShadow = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) {
  const root = attachShadow.call(this, options);
  ifPermitted(() => watchRoot(this, root));
  return root;
};

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
  if (root) watchRoot(element, root);
};

/** Shows the numbers in a text, in the attributes of an element, and in a component. */
export const visit = (node: Node): void => {
  if (node instanceof Element) visitElement(node);
  else if (node instanceof Text && hasDigit(node.data) && !node.parentElement?.closest(Untouched.Selector)) {
    findOriginal(node);
    if (!swapSplit(node)) apply(node);
  }
};
