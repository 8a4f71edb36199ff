import { tellNewIDs } from "./ids";
import { ifPermitted, later, on } from "./page";
import { sendLast, sendQueue } from "./queue";
import { view, viewMoved, viewReturned } from "./views";

/** Follows what happens to the page: single-page navigation, leaving, coming back. */
export const followPage = (): void => {
  const pushState = history.pushState;
  history.pushState = (...args) => {
    pushState.apply(history, args);
    ifPermitted(viewMoved);
  };
  // Browsers send it for a new fragment too.
  on("popstate", viewMoved);
  on<PageTransitionEvent>("pageshow", (e) => e.persisted && view("back"));
  on("pagehide", sendLast);
  // All tabs hear of it at the same time, and one of them is to send the queue.
  on("online", () => later(sendQueue, Math.random() * 1000));
  on("visibilitychange", () => {
    viewReturned();
    tellNewIDs();
  });
};
