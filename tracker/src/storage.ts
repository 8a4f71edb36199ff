import { attempt } from "./page";

/** All that the script keeps in a browser. Cookies: the visitor's and the session's id. */
export const enum Kept {
  Visitor = "_rb_v",
  Session = "_rb_s",
  /** what the server has not confirmed yet: each under this and its id, so that no tab overwrites what another adds */
  Queue = "_rb_q",
  /** the numbers of the session, with the time of the answer */
  Numbers = "_rb_n",
  /** consent, 1: given, 0: withdrawn; a cookie too, for all hosts of the site's domain */
  Consent = "_rb_c",
}

export const enum Seconds {
  Year = 365 * 24 * 60 * 60,
}

const siteDomain = CONFIG.d.find((domain) => `.${location.hostname}`.endsWith("." + domain));

/** The value of a cookie as it stands there; empty where there is none or cookies are blocked. */
export const readCookie = (name: string): string =>
  attempt(() => `; ${document.cookie}`.split(`; ${name}=`)[1]!.split(";")[0]) || "";

/**
 * Sets a cookie for the site's domain, or for the host alone where the browser
 * refuses that. Gives what the cookie holds then, which is nothing where cookies
 * are blocked.
 */
export const writeCookie = (name: string, value: string, seconds: number): string => {
  [siteDomain, ""].some((domain) => {
    attempt(() => {
      document.cookie = `${name}=${value};path=/;max-age=${seconds};samesite=lax;domain=${domain}${
        location.protocol === "https:" ? ";secure" : ""
      }`;
    });
    return readCookie(name) === value;
  });
  return readCookie(name);
};

/** What the local storage would not keep, because it is blocked or full. */
const memory: Record<string, string> = {};

/** An entry of the local storage, or of what stands in for it; empty where there is none. */
export const read = (name: string): string => memory[name] || attempt(() => localStorage[name] as string) || "";

/** The names of the entries that begin so. */
export const names = (start: string): string[] =>
  Object.keys({ ...attempt(() => localStorage), ...memory }).filter((name) => name.startsWith(start));

export const remove = (name: string): void => {
  delete memory[name];
  attempt(() => delete localStorage[name]);
};

/** Says whether the storage kept the value; if not, it is kept as long as the page lives. */
export const write = (name: string, value: string): boolean => {
  delete memory[name];
  attempt(() => (localStorage[name] = value));
  const kept = read(name) === value;
  if (!kept) memory[name] = value;
  return kept;
};

export const readJSON = <T>(name: string): T | undefined => attempt(() => JSON.parse(read(name)));
