import { post } from "./transport";
import { read, readCookie } from "./storage";
import { visitorID } from "./visitor";
import { later } from "./guard";

const enum Watch {
  Every = 1000,
  Times = 30,
}

/** The ids that were sent last, as JSON. */
let lastSent = "";

/** Returns the ids that third parties have given the visitor, as cookies and storage hold them now. The caller sends them. */
export const currentIDs = (): Record<string, string | undefined> => {
  const ids: Record<string, string | undefined> = {};
  for (const [system, cookies, entries] of CONFIG.i) {
    ids[system] = [...cookies.map(readCookie), ...entries.map(read)].find((value) => value);
  }
  lastSent = JSON.stringify(ids);
  return ids;
};

/** Sends the ids if they have changed since they were last sent. */
export const sendNewIDs = async (): Promise<void> => {
  const before = lastSent;
  const ids = currentIDs();
  if (lastSent === before) return;
  const [final] = await post("ids", { visitor: visitorID(), ids });
  if (!final) lastSent = "";
};

/** Sends ids that third parties' scripts set after the first view. */
export const watchIDs = (): void => {
  for (let n: number = Watch.Times; n; n--) later(sendNewIDs, n * Watch.Every);
};
