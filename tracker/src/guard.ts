/** Runs fn and returns its result, or undefined if it fails. Errors of the script never reach the page. */
export const attempt = <T>(fn: () => T): T | undefined => {
  try {
    return fn();
  } catch {
    return;
  }
};

/** Whether the script may work: not before a required consent, and not after a withdrawal. */
export let permitted = false;

export const permit = (given: boolean): void => {
  permitted = given;
};

/** Runs fn if the script may work, and contains its errors. */
export const ifPermitted = (fn: () => unknown): unknown => attempt(() => permitted && fn());

/** Calls fn on an event of the window or the document while the script may work. */
export const on = <E extends Event>(event: string, fn: (e: E) => unknown): void =>
  addEventListener(event, (e) => ifPermitted(() => fn(e as E)), true);

/** Calls fn after a pause in milliseconds if the script may still work then. */
export const later = (fn: () => unknown, pause: number): number => setTimeout(() => ifPermitted(fn), pause);
