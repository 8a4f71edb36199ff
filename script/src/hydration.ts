import { config } from "./config";
import { ifPermitted } from "./page";

/** What pages have whose server rendered them and whose framework takes the HTML over: it must find it as it was sent. */
const enum Mark {
  Selector = '#__next,#__nuxt,#___gatsby,[data-reactroot],[data-server-rendered],[ng-server-context],[q\\:container],[src*="/_next/"]',
}

const enum Phase {
  Unknown,
  Waiting,
  Over,
}

const enum Pause {
  /** where browsers do not tell when they are idle */
  Idle = 500,
}

let phase = Phase.Unknown;

/** Says whether the page waits to be taken over. */
export const isWaiting = (): boolean => phase === Phase.Waiting;

/** Says whether the page must not be changed yet. Then it calls fn when it may be: after it has loaded, in an idle moment. */
export const mustWait = (fn: () => void): boolean => {
  if (phase === Phase.Unknown && (config.w || document.querySelector(Mark.Selector))) {
    phase = Phase.Waiting;
    const end = () => {
      phase = Phase.Over;
      ifPermitted(fn);
    };
    const whenIdle = () => window.requestIdleCallback?.(end) ?? setTimeout(end, Pause.Idle);
    if (document.readyState === "complete") whenIdle();
    else addEventListener("load", whenIdle);
  }
  return isWaiting();
};
