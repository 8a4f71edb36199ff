interface Document {
  /** Whether the browser is preparing the page before the visitor opens it. */
  readonly prerendering?: boolean;
}

interface Window {
  /** The function that pages call. Until the script has loaded it is a stub that collects the calls in q. */
  ringback?: {
    (command: string, given?: unknown): void;
    version?: string;
    q?: Iterable<[string, unknown?]>;
  };
}
