import { followPage as followHistory } from "../navigation";
import { ifPermitted } from "../guard";
import { viewMoved } from "../views";

declare global {
  interface Window {
    /** The browser's Navigation API. Older browsers lack it. */
    navigation?: EventTarget;
  }
}

/** Reacts to events of the page, and to navigation by the Navigation API. */
export const followPage = (): void => {
  followHistory();
  let replaces = false;
  window.navigation?.addEventListener("navigate", (event) => {
    replaces = (event as Event & { navigationType: string }).navigationType === "replace";
  });
  window.navigation?.addEventListener("navigatesuccess", () => {
    if (!replaces) ifPermitted(viewMoved);
  });
};
