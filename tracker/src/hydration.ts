import { ifPermitted, on } from "./guard";

/**
 * Matches pages that were rendered on the server and are hydrated by a framework
 * that must find the HTML unchanged: Next.js and Nuxt (__next, __nuxt), Gatsby.
 * Angular, Vue 2 and Qwik accept changes.
 */
export const enum Mark {
  Selector = '[id^=__n],#___gatsby,[src*="/_next/"]',
}

export const enum Phase {
  Unknown = 0,
  Waiting,
  Over,
}

export const enum Pause {
  /** milliseconds after the page has loaded in which the framework begins */
  Hydration = 300,
}

/** Whether the page still waits for its framework. */
export let phase = Phase.Unknown;

/** Reports whether the page must not be changed yet. If so, it calls fn once the page may be changed, some time after it has loaded. */
export const mustWait = (fn: () => void): boolean => {
  // Checked once: the framework's root element comes before the numbers in it.
  if (!phase && (phase = CONFIG.w || document.querySelector(Mark.Selector) ? Phase.Waiting : Phase.Over) === Phase.Waiting) {
    const end = () => {
      phase = Phase.Over;
      ifPermitted(fn);
    };
    // No timer runs while the framework is busy.
    const afterPause = () => setTimeout(end, Pause.Hydration);
    document.readyState === "complete" ? afterPause() : on("load", afterPause);
  }
  return phase === Phase.Waiting;
};
