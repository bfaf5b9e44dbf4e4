/** How long the server may take to answer, in milliseconds. */
export const patience = 30_000;

/** A whole response. */
export type Fetched = {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
};

/** Fetches a whole response. Rejects when it is not complete within `time` milliseconds. */
export async function fetchText(url: string, init: RequestInit = {}, time = patience): Promise<Fetched> {
  const signal = AbortSignal.timeout(time);
  try {
    const response = await fetch(url, { ...init, signal });
    const { ok, status, headers } = response;
    return { ok, status, headers, text: await response.text() };
  } catch (error) {
    const reason = signal.aborted ? `no answer within ${time / 1000} s` : String(error);
    throw new Error(`${init.method ?? 'GET'} ${url}: ${reason}`, { cause: error });
  }
}
