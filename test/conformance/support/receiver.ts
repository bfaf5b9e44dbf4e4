import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { onTestFinished } from 'vitest';

/** A webhook that a receiver got. */
export type Received = {
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

/** How a receiver answers; 200 and an empty body by default. `never`: not at all. */
export type Reaction = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly never?: boolean;
};

/** An HTTP server on loopback that gets webhooks. */
export type Receiver = {
  readonly url: string;
  readonly received: readonly Received[];
  /** Sets how it answers from now on. */
  react(reaction: Reaction | ((got: Received) => Reaction)): void;
  /** Resolves with the next webhook that was not taken. */
  next(): Promise<Received>;
};

/** Starts a receiver that is closed when the test ends. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let react: (got: Received) => Reaction = () => ({});
  let taken = 0;
  let wake = () => {};
  const server = createServer(async (request, response) => {
    const body = await new Response(request).text().catch(() => undefined);
    // The sender has gone in the middle of it.
    if (body === undefined) return;
    const got = { path: request.url ?? '', headers: request.headers, body };
    received.push(got);
    wake();
    const { status = 200, headers = {}, body: answer = '', never = false } = react(got);
    if (!never) response.writeHead(status, headers).end(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    react(reaction) {
      react = typeof reaction === 'function' ? reaction : () => reaction;
    },
    async next() {
      for (;;) {
        const one = received[taken];
        if (one) {
          taken++;
          return one;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
