import { config } from "./config";
import { restoreNumbers } from "./numbers";
import { attempt, on, permit } from "./page";
import { emptyQueue } from "./queue";
import { Kept, read, write } from "./storage";
import { post } from "./transport";
import { forgetVisitor } from "./visitor";

/** Says whether the script may begin: by the remembered choice, else by the site's setting. */
export const mayBegin = (): boolean => +(read(Kept.Consent) || 1 - config.c) > 0;

/** Asks the server to forget a visitor, until it says that it did. */
const askToForget = async (visitor: string, pause = 1000) => {
  const [final] = await post("forget", { visitor });
  if (!final) setTimeout(askToForget, pause, visitor, pause * 2);
};

/** Leaves the page and the device as if the script had never run. */
const withdraw = () => {
  permit(false);
  attempt(restoreNumbers);
  emptyQueue();
  const visitor = forgetVisitor();
  if (visitor) askToForget(visitor);
};

/** Follows the visitor's choice, and remembers it. */
export const choose = (given: unknown, begin: () => void): void => {
  if (given) begin();
  else withdraw();
  // Last, for other tabs follow it: they find nothing left to do.
  write(Kept.Consent, given ? "1" : "0");
};

/** Follows a withdrawal in another tab. */
export const watchConsent = (): void =>
  on<StorageEvent>("storage", (e) => e.key === Kept.Consent && e.newValue === "0" && withdraw());
