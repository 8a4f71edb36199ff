import { attempt } from "./guard";

/** The names of everything that the script stores in a browser. The visitor's and the session's id are cookies. */
export const enum Key {
  Visitor = "_rb_v",
  Session = "_rb_s",
  /** the prefix of entries that the server has not confirmed; each has a name of its own, so that tabs do not overwrite each other's */
  Queue = "_rb_q",
  /** the numbers of the session, with the time of the answer */
  Numbers = "_rb_n",
  /** consent: 1 given, 0 withdrawn; also a cookie, for all hosts of the site's domain */
  Consent = "_rb_c",
}

export const enum Seconds {
  Year = 365 * 24 * 60 * 60,
}

const siteDomain = CONFIG.d.find((domain) => `.${location.hostname}`.endsWith("." + domain));

/** Returns the raw value of a cookie; empty if there is none or cookies are blocked. */
export const readCookie = (name: string): string =>
  attempt(() => `; ${document.cookie}`.split(`; ${name}=`)[1]!.split(";")[0]) || "";

/**
 * Sets a cookie for the site's domain, or for the host alone if the browser refuses
 * that. Returns the cookie's value afterwards, which is empty if cookies are blocked.
 */
export const writeCookie = (name: string, value: string, seconds: number): string => {
  [siteDomain, ""].some((domain) => {
    attempt(() => {
      document.cookie = `${name}=${value};path=/;max-age=${seconds};samesite=lax;domain=${domain}${
        location.protocol[5] ? ";secure" : ""
      }`;
    });
    return readCookie(name) === value;
  });
  return readCookie(name);
};

/** Values that the local storage did not store because it is blocked or full. */
const memory: Record<string, string> = {};

/** Returns an entry of the local storage or of its substitute in memory; empty if there is none. */
export const read = (name: string): string => memory[name] || attempt(() => localStorage[name] as string) || "";

/** Returns the names of the entries that begin with start. */
export const names = (start: string): string[] =>
  Object.keys({ ...attempt(() => localStorage), ...memory }).filter((name) => name.startsWith(start));

export const remove = (name: string): void => {
  delete memory[name];
  attempt(() => delete localStorage[name]);
};

/** Stores a value, which is not empty, and reports whether the local storage accepted it. If not, it is held in memory while the page lives. */
export const write = (name: string, value: string): boolean => {
  delete memory[name];
  attempt(() => (localStorage[name] = value));
  return read(name) === value || !(memory[name] = value);
};

export const readJSON = <T>(name: string): T | undefined => attempt(() => JSON.parse(read(name)));
