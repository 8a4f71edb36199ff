
/** How long to wait for an answer, in milliseconds. */
export const enum Wait {
  Answer = 10_000,
}

/** The outcome of a post. */
export type Outcome<A> = [
  /** Whether the server accepted the body or never will: the owner's settings can undo a 403, and time a 429. undefined if there was no answer. */
  final?: boolean,
  /** milliseconds for which the server wants no further post */
  pause?: number,
  answer?: A
];

/** The most characters of a request that outlives the page. Each is up to three bytes long, and browsers refuse more than 64 KiB. */
const enum Size {
  Keepalive = 20_000,
}

/** The requests of the page. */
const inFlight = new Set<AbortController>();

/** Aborts all requests, because the visitor has withdrawn consent. It changes nothing about those that have been answered. */
export const abortAll = (): void => inFlight.forEach((request) => request.abort());

/** Posts a body. A small one is sent even if the page unloads. It is plain text, which needs no preflight request. */
export const post = async <A>(path: string, content: unknown): Promise<Outcome<A>> => {
  const request = new AbortController();
  const body = JSON.stringify(content);
  inFlight.add(request);
  setTimeout(() => request.abort(), Wait.Answer);
  try {
    const response = await fetch(CONFIG.u + "/" + path, {
      method: "POST",
      body,
      keepalive: body.length < Size.Keepalive,
      signal: request.signal,
    });
    return [
      !/403|429|5../.test(response.status as never),
      (response.headers.get("retry-after") as never) * 1000,
      response.status === 200 && (await response.json()),
    ];
  } catch {
    return [];
  }
};
