import { enqueue, lastActivity } from "./queue";

/** How the visitor came to see a page. */
type Kind = "navigate" | "reload" | "back" | "in_page";

let viewed = "";

/** Returns the page's URL. It keeps the fragment only if that looks like an application's route. */
const address = () => location.href.split(/#(?![/!])/)[0]!;

/** Reports a view of the page. */
export const view = (kind: Kind): void => {
  viewed = address();
  enqueue("views", { kind });
};

/** Reports the first view of the page, with the kind that the browser names. */
export const viewLoaded = (): void => {
  // The newer API returns the same but takes many more bytes.
  const kinds: Kind[] = ["navigate", "reload", "back"];
  view(kinds[performance.navigation.type] || "navigate");
};

/** Reports a view if the URL has changed within the page. */
export const viewMoved = (): void => {
  if (address() !== viewed) view("in_page");
};

/** Reports a view if the visitor returned to the tab after a session's timeout. */
export const viewReturned = (): void => {
  if (!document.hidden && Date.now() - lastActivity > CONFIG.m * 60_000) view("back");
};
