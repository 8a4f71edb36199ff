
/** How long an answer is waited for, in milliseconds. */
export const enum Wait {
  Answer = 10_000,
}

/** What became of a post. */
export type Outcome<A> = [
  /** The server took it, or will never take it. A setting of the owner's can undo a 403, time a 429. undefined: no answer */
  final?: boolean,
  /** for so many milliseconds the server wants no other */
  pause?: number,
  answer?: A
];

/** How many characters, of up to three bytes, a request may have to outlive the page: browsers refuse more than 64 KiB. */
const enum Size {
  Keepalive = 20_000,
}

/** The requests that wait for an answer. */
const underWay = new Set<AbortController>();

const hangUp = (request: AbortController) => {
  underWay.delete(request);
  request.abort();
};

/** Ends the requests under way, for the visitor no longer wants them. */
export const hangUpAll = (): void => underWay.forEach(hangUp);

/** Posts a body so that it outlives the page, if it is small. As plain text it needs no preflight request. */
export const post = async <A>(path: string, content: unknown): Promise<Outcome<A>> => {
  const request = new AbortController();
  const body = JSON.stringify(content);
  underWay.add(request);
  setTimeout(hangUp, Wait.Answer, request);
  try {
    const response = await fetch(CONFIG.u + "/" + path, {
      method: "POST",
      body,
      keepalive: body.length < Size.Keepalive,
      signal: request.signal,
    });
    const { status } = response;
    return [
      !/403|429|5../.test(`${status}`),
      +response.headers.get("retry-after")! * 1000,
      status === 200 && (await response.json()),
    ];
  } catch {
    return [];
  }
};
