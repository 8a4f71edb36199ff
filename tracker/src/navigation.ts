import { isStillAllowed } from "./consent";
import { sendLast, sendQueue } from "./queue";
import { sendNewIDs } from "./ids";
import { view, viewMoved, viewReturned } from "./views";
import { ifPermitted, later, on } from "./guard";

/** Reacts to events of the page: navigation within it, leaving it, returning to it. */
export const followPage = (): void => {
  const pushState = history.pushState;
  history.pushState = (...args) => {
    pushState.apply(history, args);
    ifPermitted(viewMoved);
  };
  // Browsers also send it when the fragment changes.
  on("popstate", viewMoved);
  on<PageTransitionEvent>("pageshow", (e) => e.persisted && view("back"));
  on("pagehide", sendLast);
  // All tabs get the event at the same time, but only one of them should send the queue.
  on("online", () => later(sendQueue, Math.random() * 1000));
  // A withdrawal in another tab: noticed at once if that tab is on the same host, otherwise when the visitor returns to this tab.
  on("storage", isStillAllowed);
  on("visibilitychange", () => {
    if (!isStillAllowed()) return;
    viewReturned();
    sendNewIDs();
  });
};
