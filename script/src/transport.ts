import { config } from "./config";

/** How long an answer is waited for, in milliseconds. */
export const enum Wait {
  Answer = 10_000,
}

/** What became of a post. */
export type Outcome<A> = [
  /** The server took it, or will never take it. A setting of the owner's can undo a 403, time a 429. */
  final?: boolean,
  /** for so many milliseconds the server wants no other */
  pause?: number,
  answer?: A
];

/** Older type libraries do not know it, nor do older browsers, which wait as long as they like. */
declare const AbortSignal: { timeout?(milliseconds: number): AbortSignal };

/** Posts a body so that it outlives the page. As plain text it needs no preflight request. */
export const post = async <A>(path: string, body: unknown): Promise<Outcome<A>> => {
  try {
    const response = await fetch(config.u + "/" + path, {
      method: "POST",
      body: JSON.stringify(body),
      keepalive: true,
      credentials: "omit",
      signal: AbortSignal.timeout?.(Wait.Answer),
    });
    const { status } = response;
    return [
      status < 500 && status !== 403 && status !== 429,
      +response.headers.get("retry-after")! * 1000,
      status === 200 && (await response.json()),
    ];
  } catch {
    return [];
  }
};
