import { post, Wait } from "./transport";
import { idStorage, randomID, visitorID } from "./visitor";
import { Answer, applyAnswer } from "./session";
import { later, permitted } from "./guard";
import { Key, names, readJSON, remove, write } from "./storage";
import { currentIDs } from "./ids";

/** A view or a lead that the server has not confirmed yet, as it is stored in the browser. */
interface Entry {
  /** its name in the storage */
  name: string;
  /** the path to post it to */
  to: "views" | "leads";
  /** the part that stays the same however often it is sent */
  body: object;
  /** when it happened */
  at: number;
  /** when a page began to send it; other pages leave it alone for a while */
  claimed?: number;
}

const enum Pause {
  First = 1000,
  Longest = 300_000,
}

const enum Start {
  /** where the id begins in an entry's name */
  ID = 5,
}

const enum Most {
  /** entries of a path */
  Entries = 50,
  /** characters of a URL */
  Address = 2000,
}

let sending = false;
let pause: number = Pause.First;
let notBefore = 0;
let timer = 0;

/** Returns the entries that wait to be sent to a path, the oldest first. */
const waiting = (to: string): Entry[] =>
  names(Key.Queue)
    .map((name) => ({ ...readJSON<Entry>(name)!, name }))
    .filter((entry) => entry.to === to)
    .sort((a, b) => a.at - b.at);

/** Returns all entries, views before leads, so that the server gets a lead's visit first. */
const entries = () => [...waiting("views"), ...waiting("leads")];

/** Stores an entry, even if another page has removed it from the queue meanwhile. */
const store = (entry: Entry, claimed?: number) => write(entry.name, JSON.stringify({ ...entry, claimed }));

/** Returns the entries that no page is sending. The clock may have been set back since a claim. */
const unclaimed = () => entries().filter((e) => !(Math.abs(Date.now() - e.claimed!) < Wait.Answer));

const send = (entry: Entry) => {
  store(entry, Date.now());
  return post<Answer>(entry.to, {
    id: entry.name.slice(Start.ID),
    ...entry.body,
    visitor: visitorID(),
    ago: Math.ceil(Date.now() - entry.at),
    ids: currentIDs(),
    bot: navigator.webdriver,
    storage: idStorage,
    version: VERSION,
  });
};

/**
 * Sends the entries one by one, each once, except for those that another page is
 * sending. It continues after an entry that got no answer, because the entry itself
 * may be the cause.
 */
export const sendQueue = async (): Promise<void> => {
  if (sending || Date.now() < notBefore) return;
  sending = true;
  clearTimeout(timer);
  const tried: string[] = [];
  let failed = false;
  for (let next; (next = unclaimed().find(({ name }) => !tried.includes(name))); ) {
    tried.push(next.name);
    const [final, asked, answer] = await send(next);
    // While a page unloads, browsers report requests as failed that they still send, but they run no more timers.
    if (!final) await new Promise((resolve) => setTimeout(resolve));
    if (!permitted) break;
    if (final) remove(next.name);
    else store(next);
    notBefore = Date.now() + (asked || 0);
    applyAnswer(answer);
    failed ||= !final;
    if (final === false) break;
  }
  sending = false;
  pause = failed ? Math.min(pause * 2, Pause.Longest) : Pause.First;
  if (entries().length) timer = later(sendQueue, Math.max(notBefore - Date.now(), pause));
};

/** When the visitor was last active on this page. */
export let lastActivity = 0;
let count = 0;

/** Adds a view or a lead to the queue, with the page's URL and referrer, and sends the queue. If it is full, the oldest entries are dropped. */
export const enqueue = (to: Entry["to"], body: object): void => {
  lastActivity = Date.now();
  store({
    name: Key.Queue + randomID(),
    to,
    body: { url: location.href.slice(0, Most.Address), referrer: `${document.referrer}`.slice(0, Most.Address), ...body },
    // The fraction preserves the order within a millisecond.
    at: lastActivity + count++ / 1000,
  });
  waiting(to)
    .slice(0, -Most.Entries)
    .forEach(({ name }) => remove(name));
  sendQueue();
};

/** Sends the latest entries while the page unloads. */
export const sendLast = (): void => unclaimed().slice(-5).forEach(send);

export const clearQueue = (): void => names(Key.Queue).forEach(remove);
