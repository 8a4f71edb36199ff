import { restoreNumbers } from "./numbers";
import { abortAll, post } from "./transport";
import { forgetVisitor } from "./visitor";
import { clearQueue } from "./queue";
import { Key, read, readCookie, Seconds, write, writeCookie } from "./storage";
import { attempt, permit } from "./guard";

/** Reports whether the script may work: the stored choice decides, or the site's setting if there is none. The cookie holds for the whole domain, and a withdrawal wins. */
export const isAllowed = (): boolean => {
  const choice = read(Key.Consent) + readCookie(Key.Consent);
  return choice ? !choice.includes("0") : !CONFIG.c;
};

/** Asks the server to erase a visitor, and repeats that until the server confirms. */
const requestErasure = async (visitor: string, pause = 1000) => {
  const [final] = await post("forget", { visitor });
  if (!final) setTimeout(requestErasure, pause, visitor, pause * 2);
};

/** Removes every trace of the script from the page and the device. */
const withdraw = () => {
  permit(false);
  // The requests may have reached the server. It accepts nothing from a visitor that it was asked to erase.
  abortAll();
  attempt(restoreNumbers);
  clearQueue();
  const visitor = forgetVisitor();
  if (visitor) requestErasure(visitor);
};

/** Applies the visitor's choice and stores it. */
export const choose = (given: boolean, begin: () => void): void => {
  if (given) begin();
  else withdraw();
  // Stored last, because other tabs react to it: nothing is left for them to do.
  const choice = given ? "1" : "0";
  writeCookie(Key.Consent, choice, Seconds.Year);
  write(Key.Consent, choice);
};

/** Reports whether the choice still permits the script to work, and withdraws if another tab has changed it. */
export const isStillAllowed = (): boolean | void => isAllowed() || withdraw();
