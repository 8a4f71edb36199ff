import { restoreNumbers } from "./numbers";
import { attempt, on, permit } from "./page";
import { emptyQueue } from "./queue";
import { Kept, read, readCookie, Seconds, write, writeCookie } from "./storage";
import { hangUpAll, post } from "./transport";
import { forgetVisitor } from "./visitor";

/** Says whether the script may work: by the remembered choice, else by the site's setting. The cookie is of the whole domain, and a withdrawal wins. */
export const isAllowed = (): boolean => {
  const said = read(Kept.Consent) + readCookie(Kept.Consent);
  return said ? !said.includes("0") : !CONFIG.c;
};

/** Asks the server to forget a visitor, until it says that it did. */
const askToForget = async (visitor: string, pause = 1000) => {
  const [final] = await post("forget", { visitor });
  if (!final) setTimeout(askToForget, pause, visitor, pause * 2);
};

/** Leaves the page and the device as if the script had never run. */
const withdraw = () => {
  permit(false);
  // The server may still have got them; it takes nothing of a visitor that it was asked to forget.
  hangUpAll();
  attempt(restoreNumbers);
  emptyQueue();
  const visitor = forgetVisitor();
  if (visitor) askToForget(visitor);
};

/** Follows the visitor's choice, and remembers it. */
export const choose = (given: boolean, begin: () => void): void => {
  if (given) begin();
  else withdraw();
  // Last, for other tabs follow it: they find nothing left to do.
  const said = given ? "1" : "0";
  writeCookie(Kept.Consent, said, Seconds.Year);
  write(Kept.Consent, said);
};

/** Follows a withdrawal in another tab: of this host at once, of others when the visitor comes back. */
export const watchConsent = (): void =>
  ["storage", "visibilitychange"].forEach((event) => on(event, () => isAllowed() || withdraw()));
