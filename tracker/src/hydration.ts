import { ifPermitted } from "./page";

/** What pages have whose server rendered them and whose framework takes the HTML over: it must find it as it was sent. Next.js and Nuxt (__next, __nuxt), Gatsby. Angular, Vue 2 and Qwik do not mind. */
const enum Mark {
  Selector = '[id^=__n],#___gatsby,[src*="/_next/"]',
}

export const enum Phase {
  Unknown = 0,
  Waiting,
  Over,
}

const enum Pause {
  /** for the framework to begin, after the page has loaded */
  TakeOver = 300,
}

/** What is known of whether the page waits to be taken over. */
export let phase = Phase.Unknown;

/** Says whether the page must not be changed yet. Then it calls fn when it may be: some time after it has loaded. */
export const mustWait = (fn: () => void): boolean => {
  // Looked for once: what is to be taken over begins before the numbers in it.
  if (!phase && (phase = CONFIG.w || document.querySelector(Mark.Selector) ? Phase.Waiting : Phase.Over) === Phase.Waiting) {
    const end = () => {
      phase = Phase.Over;
      ifPermitted(fn);
    };
    // A framework that is busy lets no timer run meanwhile.
    const afterPause = () => setTimeout(end, Pause.TakeOver);
    document.readyState === "complete" ? afterPause() : addEventListener("load", afterPause);
  }
  return phase === Phase.Waiting;
};
