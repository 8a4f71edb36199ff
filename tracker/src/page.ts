/** Runs fn. A page never notices that something of the script failed. */
export const attempt = <T>(fn: () => T): T | undefined => {
  try {
    return fn();
  } catch {
    return undefined;
  }
};

/** Whether the script may work: not before consent where it is required, nor after it was withdrawn. */
export let permitted = false;

export const permit = (given: boolean): void => {
  permitted = given;
};

/** Runs fn, contained, if the script may work. */
export const ifPermitted = (fn: () => unknown): unknown => attempt(() => permitted && fn());

/** Calls fn on an event of the window or the document, as long as the script may work. */
export const on = <E extends Event>(event: string, fn: (e: E) => unknown): void =>
  addEventListener(event, (e) => ifPermitted(() => fn(e as E)), true);

/** Calls fn after a pause in milliseconds, if the script may still work then. */
export const later = (fn: () => unknown, pause: number): number => setTimeout(() => ifPermitted(fn), pause);
