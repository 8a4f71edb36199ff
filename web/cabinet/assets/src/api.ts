// Requests to the API, with the session of the browser.

/** A problem as the API answers it (RFC 9457). */
export interface Problem {
  detail: string;
  errors?: { field: string; expected: string }[];
}

export type Answer<T> = { ok: true; body: T } | { ok: false; problem: Problem };

/** Sends a change as JSON. The answer is in the language of the page. */
export async function send<T>(method: string, address: string, body?: unknown): Promise<Answer<T>> {
  try {
    const response = await fetch(address, {
      method,
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const json: unknown = text === "" ? {} : JSON.parse(text);
    return response.ok ? { ok: true, body: json as T } : { ok: false, problem: json as Problem };
  } catch (error) {
    return { ok: false, problem: { detail: String(error) } };
  }
}

/** Reads an operation. */
export function read<T>(address: string): Promise<Answer<T>> {
  return send<T>("GET", address);
}

/** A problem as one text. */
export function describe(problem: Problem): string {
  const fields = (problem.errors ?? []).map((e) => `${e.field}: ${e.expected}`);
  return [problem.detail, ...fields].join("; ");
}
