/** What the server tells the script of its site: the Go type Config writes it. */
interface Config {
  /** what the posts' addresses begin with: https://ringback.example.com/s/KEY */
  u: string;
  /** the site's domains, shortest first; cookies are set for the first that the page's host is or is below */
  d: string[];
  /** consent is required */
  c: 0 | 1;
  /** forms that become leads: 0 none, 1 marked ones, 2 all */
  f: 0 | 1 | 2;
  /** third parties' ids: system, cookies, local storage entries */
  i: [string, string[], string[]][];
  /** minutes of inactivity that end a session */
  m: number;
  /** numbers to replace: international digits, national digits as dialled */
  r: [string, string][];
  /** names of form fields that are never read, in lower case */
  n: string[];
  /** numbers are swapped once the page has loaded */
  w: 0 | 1;
}

/** The bundle is a function of these two (see ../build). */
declare const CONFIG: Config;
/** Which build of the script this is. */
declare const VERSION: string;
