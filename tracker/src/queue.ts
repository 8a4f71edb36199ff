import { tellIDs } from "./ids";
import { later, permitted } from "./page";
import { Answer, takeAnswer } from "./session";
import { Kept, names, readJSON, remove, write } from "./storage";
import { post, Wait } from "./transport";
import { keptIn, randomID, visitorID } from "./visitor";

/** A view or a lead that the server has not confirmed yet, as the browser's storage keeps it. */
interface Entry {
  /** what it is kept under */
  name: string;
  /** where to */
  to: "views" | "leads";
  /** what of it does not change until it is sent */
  body: object;
  /** when it happened */
  at: number;
  /** when a page began to send it: others leave it alone for a while */
  claimed?: number;
}

const enum Pause {
  First = 1000,
  Longest = 300_000,
}

const enum Start {
  /** of an entry's id in its name */
  ID = 5,
}

const enum Most {
  Views = 20,
  Leads = 50,
  /** characters of an address */
  Address = 2000,
}

let sending = false;
let pause: number = Pause.First;
let notBefore = 0;
let timer = 0;

/** What waits to be sent there, the oldest first. */
const waiting = (to: string): Entry[] =>
  names(Kept.Queue)
    .map((name) => ({ ...readJSON<Entry>(name)!, name }))
    .filter((entry) => entry.to === to)
    .sort((a, b) => a.at - b.at);

/** What waits: views before leads, so that a lead's visit is known by then. */
const entries = () => [...waiting("views"), ...waiting("leads")];

/** Keeps an entry, also if another page took it off the queue meanwhile. */
const keep = (entry: Entry, claimed?: number) => write(entry.name, JSON.stringify({ ...entry, claimed }));

/** What no page is sending. The clock may have been set back since a claim. */
const unclaimed = () => entries().filter((e) => !(Math.abs(Date.now() - e.claimed!) < Wait.Answer));

const send = (entry: Entry) => {
  keep(entry, Date.now());
  return post<Answer>(entry.to, {
    id: entry.name.slice(Start.ID),
    ...entry.body,
    visitor: visitorID(),
    ago: Math.ceil(Date.now() - entry.at),
    ids: tellIDs(),
    storage: keptIn,
    version: VERSION,
    bot: navigator.webdriver,
  });
};

/**
 * Sends what waits, one after the other, and each once. What another page is sending
 * is left to it for a while. If there was no answer, that may be due to the one entry.
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
    // When the page goes away, browsers call a request failed that they still send, and run no more timers.
    if (!final) await new Promise((resolve) => setTimeout(resolve));
    if (!permitted) break;
    if (final) remove(next.name);
    else keep(next);
    notBefore = Date.now() + (asked || 0);
    takeAnswer(answer);
    failed ||= !final;
    if (final === false) break;
  }
  sending = false;
  pause = failed ? Math.min(pause * 2, Pause.Longest) : Pause.First;
  if (entries().length) timer = later(sendQueue, Math.max(pause, notBefore - Date.now()));
};

/** When the visitor did something here last. */
export let lastActivity = 0;
let count = 0;

/** An address that fits into a request. */
const cut = (address: string) => address.slice(0, Most.Address);

/** Puts a view or a lead in the queue, with where it was, and sends it. Of too many that wait the oldest are dropped. */
export const enqueue = (to: Entry["to"], body: object): void => {
  lastActivity = Date.now();
  keep({
    name: Kept.Queue + randomID(),
    to,
    body: { url: cut(location.href), referrer: cut(document.referrer), ...body },
    // The fraction keeps the order within a millisecond.
    at: lastActivity + count++ / 1000,
  });
  waiting(to)
    .slice(0, to === "views" ? -Most.Views : -Most.Leads)
    .forEach(({ name }) => remove(name));
  sendQueue();
};

/** Sends the latest of what waits while the page goes away. */
export const sendLast = (): void => unclaimed().slice(-5).forEach(send);

export const emptyQueue = (): void => names(Kept.Queue).forEach(remove);
