import { Kept, read, readCookie, remove, Seconds, write, writeCookie } from "./storage";

let session = "";

/** Where the visitor's id is kept. */
export let keptIn: "cookie" | "storage" | "memory";

/** Four random numbers of 32 bits. crypto.randomUUID is missing on insecure origins. */
export const randomID = (): string => crypto.getRandomValues(new Uint32Array(4)).join("-");

const usable = (id: string) => (/^[\w-]{16,64}$/.test(id) ? id : "");
const known = () => usable(readCookie(Kept.Visitor)) || usable(read(Kept.Visitor));

/** The visitor's id, read again each time since another tab may have made it, and kept for a year from now. */
export const visitorID = (): string => {
  const id = known() || randomID();
  const cookie = usable(writeCookie(Kept.Visitor, id, Seconds.Year));
  keptIn = cookie ? "cookie" : write(Kept.Visitor, id) ? "storage" : "memory";
  return cookie || id;
};

/** The session's id as the server last said. */
export const sessionID = (): string => session || readCookie(Kept.Session);

/** Keeps what the server called the session. Bots get none. */
export const keepSession = (id: string): void => {
  session = id;
  if (id) writeCookie(Kept.Session, id, CONFIG.m * 60);
};

/** Leaves nothing of the visitor on this device, and gives the id that it had. */
export const forgetVisitor = (): string => {
  const id = known();
  session = "";
  writeCookie(Kept.Visitor, "", 0);
  writeCookie(Kept.Session, "", 0);
  remove(Kept.Visitor);
  return id;
};
