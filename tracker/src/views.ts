import { enqueue, lastActivity } from "./queue";

/** How a page came to be looked at. */
type Kind = "navigate" | "reload" | "back" | "in_page";

let viewed = "";

/** The page's address. Its fragment counts only where an application's routes are in it. */
const address = () => location.href.replace(/#(?![/!]).*/, "");

/** Reports that the page is looked at. */
export const view = (kind: Kind): void => {
  viewed = address();
  enqueue("views", { kind });
};

/** Reports the page as the browser says that it was opened. */
export const viewLoaded = (): void => {
  // The newer list of entries says the same in many more bytes.
  const kinds: Kind[] = ["navigate", "reload", "back"];
  view(kinds[performance.navigation.type] || "navigate");
};

/** Reports a change of the address within the page. */
export const viewMoved = (): void => {
  if (address() !== viewed) view("in_page");
};

/** Reports that the visitor came back to a tab, if a session would have ended meanwhile. */
export const viewReturned = (): void => {
  if (!document.hidden && Date.now() - lastActivity > CONFIG.m * 60_000) view("back");
};
