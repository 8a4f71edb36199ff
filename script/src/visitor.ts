import { config } from "./config";
import { read, readCookie, remove, write, writeCookie } from "./storage";

const VISITOR = "_rb_v";
const SESSION = "_rb_s";

const enum Keep {
  Visitor = 365 * 24 * 60 * 60,
}

let session = "";

/** Where the visitor's id is kept. */
export let keptIn: "cookie" | "storage" | "memory";

/** Four random numbers of 32 bits. crypto.randomUUID is missing on insecure origins. */
export const randomID = (): string => crypto.getRandomValues(new Uint32Array(4)).join("-");

const usable = (id: string) => (/^[\w-]{16,64}$/.test(id) ? id : "");
const known = () => usable(readCookie(VISITOR)) || usable(read(VISITOR));

/** The visitor's id, read again each time since another tab may have made it, and kept for a year from now. */
export const visitorID = (): string => {
  const id = known() || randomID();
  const cookie = usable(writeCookie(VISITOR, id, Keep.Visitor));
  keptIn = cookie ? "cookie" : write(VISITOR, id) ? "storage" : "memory";
  return cookie || id;
};

/** The session's id as the server last said. */
export const sessionID = (): string => session || readCookie(SESSION);

/** Keeps what the server called the session. Bots get none. */
export const keepSession = (id = ""): void => {
  session = id;
  if (id) writeCookie(SESSION, id, config.m * 60);
};

/** Leaves nothing of the visitor on this device, and gives the id that it had. */
export const forgetVisitor = (): string => {
  const id = known();
  session = "";
  writeCookie(VISITOR, "", 0);
  writeCookie(SESSION, "", 0);
  remove(VISITOR);
  return id;
};
