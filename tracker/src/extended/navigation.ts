import { followPage as followHistory } from "../navigation";
import { ifPermitted } from "../guard";
import { viewMoved } from "../views";
import { watchComponents } from "./visit";

declare global {
  interface Window {
    /** The browser's Navigation API. Older browsers lack it. */
    navigation?: EventTarget;
  }
}

/** Reacts to events of the page, to navigation by the Navigation API, and to components. */
export const followPage = (): void => {
  followHistory();
  watchComponents();
  let replaces = false;
  window.navigation?.addEventListener("navigate", (event) => {
    replaces = (event as Event & { navigationType: string }).navigationType === "replace";
  });
  window.navigation?.addEventListener("navigatesuccess", () => {
    if (!replaces) ifPermitted(viewMoved);
  });
};
