import { config } from "./config";
import { ifPermitted } from "./page";

/** What pages have whose server rendered them and whose framework takes the HTML over: it must find it as it was sent. Next.js and Nuxt (__next, __nuxt), Gatsby, others with React. Angular, Vue 2 and Qwik do not mind. */
const enum Mark {
  Selector = '[id^=__n],#___gatsby,[data-reactroot],[src*="/_next/"]',
}

export const enum Phase {
  Unknown = 0,
  Waiting,
  Over,
}

const enum Pause {
  /** where browsers do not tell when they are idle */
  Idle = 500,
}

/** What is known of whether the page waits to be taken over. */
export let phase = Phase.Unknown;

/** Says whether the page must not be changed yet. Then it calls fn when it may be: after it has loaded, in an idle moment. */
export const mustWait = (fn: () => void): boolean => {
  if (!phase && (config.w || document.querySelector(Mark.Selector))) {
    phase = Phase.Waiting;
    const end = () => {
      phase = Phase.Over;
      ifPermitted(fn);
    };
    const whenIdle = () => window.requestIdleCallback?.(end) ?? setTimeout(end, Pause.Idle);
    if (document.readyState === "complete") whenIdle();
    else addEventListener("load", whenIdle);
  }
  return phase === Phase.Waiting;
};
