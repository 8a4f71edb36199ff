import { ifPermitted } from "../guard";
import { Mark, Pause, Phase } from "../hydration";

export { Phase };

/** Matches the elements that frameworks render into. A server has rendered those that have content. */
const ROOTS = "#root,#app,[data-reactroot],[data-server-rendered],[data-v-app]";

const enum Wait {
  /** milliseconds between two checks of the page */
  Between = 100,
  /** how often, once the page has loaded */
  Times = 30,
}

/** Whether the page still waits for its framework. */
export let phase = Phase.Unknown;

/** Reports whether no framework has begun with an element: React and Vue keep their state in its properties. */
const isUnused = (root: Element) => root.firstElementChild && !Object.keys(root).some((key) => /^_+(react|vue|vnode)/.test(key));

const isServed = () => [...document.querySelectorAll(ROOTS)].some(isUnused);

/** Reports whether the page must not be changed yet. If so, it calls fn once the page may be changed: after the framework has begun, or some time after the page has loaded. */
export const mustWait = (fn: () => void): boolean => {
  if (!phase && (phase = CONFIG.w || document.querySelector(Mark.Selector) || isServed() ? Phase.Waiting : Phase.Over) === Phase.Waiting) {
    const end = () => {
      phase = Phase.Over;
      ifPermitted(fn);
    };
    const afterFramework = (left: number): unknown =>
      left && isServed() ? setTimeout(afterFramework, Wait.Between, left - 1) : setTimeout(end, Pause.Hydration);
    document.readyState === "complete" ? afterFramework(Wait.Times) : addEventListener("load", () => afterFramework(Wait.Times));
  }
  return phase === Phase.Waiting;
};
