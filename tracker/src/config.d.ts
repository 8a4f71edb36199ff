/** The settings of the script for one site. The Go type Config writes them. */
interface Config {
  /** the base of the addresses to post to: https://ringback.example.com/s/KEY */
  u: string;
  /** the site's domains, shortest first; cookies are set for the first one that is the page's host or a parent of it */
  d: string[];
  /** consent is required */
  c?: 1;
  /** forms that become leads: 0 none, 1 marked forms, 2 all forms */
  f: 0 | 1 | 2;
  /** where to find third parties' ids: system, cookies, local storage entries */
  i: [string, string[], string[]][];
  /** minutes of inactivity that end a session */
  m: number;
  /**
   * numbers to replace: national digits as dialed; international digits; these with the trunk prefix, if the country has one; national digits with the trunk
   * prefix, if people may leave it out
   */
  r: [string, string, string?, string?][];
  /** names of form fields that are never read, in lower case */
  n: string[];
  /** numbers are replaced only after the page has loaded */
  w?: 1;
}

/** The parameters of the bundle, which is a function of CONFIG and VERSION (see ../build). */
declare const CONFIG: Config;
/** The version of this build of the script. */
declare const VERSION: string;
/** Where numbers begin and end in a text, as parts of regular expressions. The check of a page reads the same file. */
declare const BOUNDS: typeof import("./numberpattern.json");
