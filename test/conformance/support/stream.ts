import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';
import type { Fields, Server } from './harness.ts';
import { bearer } from './world.ts';

export type StreamEvent = { readonly id: number; readonly event: string; readonly data: Fields };

/** The open stream of a person. */
export type Stream = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Resolves with the next event, or with undefined when the stream has ended. */
  next(): Promise<StreamEvent | undefined>;
  close(): void;
};

/** Opens the stream of a session, and resolves when it is open; it is closed when the test ends. */
export function follow(
  server: Server,
  session: string,
  query = '',
  headers: Fields = {},
  path = '/inbox/v1/events',
): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const all = Object.entries({ ...bearer(session), ...headers }).filter(([, value]) => value !== undefined);
    const options = { headers: Object.fromEntries(all) as Record<string, string> };
    const request = get(`${server.url}${path}${query}`, options, (response) => {
      const close = () => void request.destroy();
      onTestFinished(close);
      const { statusCode: status = 0, headers } = response;
      resolve({ status, headers, next: queueOf(response), close });
    });
    request.on('error', reject);
  });
}

/** A queue of events with a promise for the next one. */
function queueOf(response: IncomingMessage): Stream['next'] {
  const events: StreamEvent[] = [];
  let text = '';
  let ended = false;
  let wake = () => {};
  const end = () => {
    ended = true;
    wake();
  };
  response.setEncoding('utf8').on('data', (chunk: string) => {
    const blocks = (text + chunk).split('\n\n');
    text = blocks.pop() ?? '';
    events.push(...blocks.flatMap(eventIn));
    wake();
  });
  // Closed by this side or by the server: both end the queue.
  response.on('end', end).on('error', end);
  return async () => {
    while (events.length === 0 && !ended) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return events.shift();
  };
}

function eventIn(block: string): StreamEvent[] {
  const pairs = [...block.matchAll(/^(\w+): (.*)$/gm)].map(([, name, value]) => [name, value] as const);
  const { id, event = '', data } = Object.fromEntries(pairs) as Record<string, string>;
  return data === undefined ? [] : [{ id: Number(id), event, data: JSON.parse(data) as Fields }];
}
