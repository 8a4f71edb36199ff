import { later } from "./page";
import { read, readCookie } from "./storage";
import { post } from "./transport";
import { visitorID } from "./visitor";

const enum Watch {
  Every = 1000,
  Times = 30,
}

/** What was last sent, to see what is new. */
let told = "";

/** Third parties' ids of the visitor, as they stand in cookies and storage now, to be sent. */
export const tellIDs = (): Record<string, string> => {
  const ids: Record<string, string> = {};
  for (const [system, cookies, entries] of CONFIG.i) {
    const value = [...cookies.map(readCookie), ...entries.map(read)].find((value) => value);
    if (value) ids[system] = value;
  }
  told = JSON.stringify(ids);
  return ids;
};

/** Sends the ids if they changed since they were last sent. */
export const tellNewIDs = async (): Promise<void> => {
  const before = told;
  const ids = tellIDs();
  if (told === before) return;
  const [final] = await post("ids", { visitor: visitorID(), ids });
  if (!final) told = "";
};

/** Looks for cookies that third parties' scripts set after the first view. */
export const watchIDs = (): void => {
  for (let n: number = Watch.Times; n; n--) later(tellNewIDs, n * Watch.Every);
};
