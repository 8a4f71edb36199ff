/** The roots of components, by the elements that hold them. Pages cannot reach those of closed components. */
export const roots = new WeakMap<Element, ShadowRoot>();

/** Calls fn with each root that is made from now on, and stores it. */
export const catchRoots = (fn: (root: ShadowRoot) => void): void => {
  const attachShadow = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = attachShadow.call(this, options);
    roots.set(this, root);
    fn(root);
    return root;
  };
};
