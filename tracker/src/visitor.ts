import { Key, read, readCookie, remove, Seconds, write, writeCookie } from "./storage";

let session = "";

/** Where the visitor's id is stored. */
export let idStorage: "cookie" | "storage" | "memory";

/** Returns four random 32-bit numbers. crypto.randomUUID is missing on insecure origins. */
export const randomID = (): string => crypto.getRandomValues(new Uint32Array(4)).join("-");

const usable = (id: string) => (/^[\w-]{16,64}$/.test(id) ? id : "");
const known = () => usable(readCookie(Key.Visitor)) || usable(read(Key.Visitor));

/** Returns the visitor's id and stores it for another year. It is read each time, because another tab may have created it. */
export const visitorID = (): string => {
  const id = known() || randomID();
  const cookie = usable(writeCookie(Key.Visitor, id, Seconds.Year));
  idStorage = cookie ? "cookie" : write(Key.Visitor, id) ? "storage" : "memory";
  return cookie || id;
};

/** Returns the session's id from the server's last answer. */
export const sessionID = (): string => session || readCookie(Key.Session);

/** Stores the session's id. It is empty for bots. */
export const storeSession = (id: string): void => {
  session = id;
  if (id) writeCookie(Key.Session, id, CONFIG.m * 60);
};

/** Removes everything about the visitor from this device and returns the visitor's old id. */
export const forgetVisitor = (): string => {
  const id = known();
  session = "";
  writeCookie(Key.Session, "", 0);
  writeCookie(Key.Visitor, "", 0);
  remove(Key.Visitor);
  return id;
};
