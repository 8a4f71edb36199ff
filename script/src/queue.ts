import { version } from "./config";
import { tellIDs } from "./ids";
import { later, permitted } from "./page";
import { Answer, takeAnswer } from "./session";
import { Kept, readJSON, remove, write } from "./storage";
import { post, Wait } from "./transport";
import { keptIn, randomID, visitorID } from "./visitor";

/** A view or a lead that the server has not confirmed yet, as the browser's storage keeps it. */
interface Entry {
  /** where to: views or leads */
  to: string;
  /** what of it does not change until it is sent */
  body: { id: string; url: string; referrer: string };
  /** when it happened */
  at: number;
  /** a page is sending it until then: others leave it alone */
  claimed?: number;
}

const enum Pause {
  First = 1000,
  Longest = 300_000,
}

let sending = false;
let pause: number = Pause.First;
let notBefore = 0;
let timer = 0;

/** What waits: views before leads, so that a lead's visit is known by then. Of too many the oldest are dropped. */
const entries = (): Entry[] => {
  const all = ([] as Entry[]).concat(readJSON(Kept.Queue) || []);
  const latest = (to: string, most: number) => all.filter((e) => e?.body?.id && e.to === to).slice(-most);
  return [...latest("views", 20), ...latest("leads", 50)];
};

const keep = (entries: Entry[]) => write(Kept.Queue, JSON.stringify(entries));

/** Claims an entry until then; without a time, it is off the queue. */
const claim = ({ body }: Entry, claimed?: number) =>
  keep(entries().filter((e) => e.body.id !== body.id || (claimed != null && Object.assign(e, { claimed }))));

const unclaimed = () => entries().filter((e) => !(e.claimed! > Date.now()));

const send = (entry: Entry) => {
  claim(entry, Date.now() + Wait.Answer);
  return post<Answer>(entry.to, {
    ...entry.body,
    visitor: visitorID(),
    ago: Date.now() - entry.at,
    ids: tellIDs(),
    storage: keptIn,
    version,
    bot: navigator.webdriver,
  });
};

/** Sends an entry, and says whether the next may follow. */
const deliver = async (entry: Entry): Promise<boolean | undefined> => {
  const [final, asked, answer] = await send(entry);
  // When the page goes away, browsers call a request failed that they still send, and run no more timers.
  if (!final) await new Promise((resolve) => setTimeout(resolve));
  if (!permitted) return false;
  claim(entry, final ? undefined : 0);
  pause = final ? Pause.First : Math.min(pause * 2, Pause.Longest);
  notBefore = Date.now() + (asked || 0);
  takeAnswer(answer);
  return final;
};

/** Sends what waits, one after the other. What another page is sending is left to it for a while. */
export const sendQueue = async (): Promise<void> => {
  if (sending || Date.now() < notBefore) return;
  sending = true;
  clearTimeout(timer);
  for (let next; (next = unclaimed()[0]) && (await deliver(next)); );
  sending = false;
  if (entries().length) timer = later(sendQueue, Math.max(pause, notBefore - Date.now()));
};

/** When the visitor did something here last. */
export let lastActivity = 0;

/** Puts a view or a lead in the queue, with where it was, and sends it. */
export const enqueue = (to: string, body: object): void => {
  lastActivity = Date.now();
  keep([
    ...entries(),
    { to, body: { id: randomID(), url: location.href, referrer: document.referrer, ...body }, at: lastActivity },
  ]);
  sendQueue();
};

/** Sends the latest of what waits while the page goes away. */
export const sendLast = (): void => unclaimed().slice(-5).forEach(send);

export const emptyQueue = (): void => remove(Kept.Queue);
