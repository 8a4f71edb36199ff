interface Document {
  /** The browser prepares the page before it is asked for. */
  readonly prerendering?: boolean;
}

interface Window {
  /** The page's way to the script; before it has loaded, a stub that collects the calls in q. */
  ringback?: {
    (command: string, given?: unknown): void;
    version?: string;
    q?: Iterable<[string, unknown?]>;
  };
}
