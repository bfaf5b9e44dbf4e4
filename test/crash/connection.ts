import { Agent, type IncomingMessage, request } from 'node:http';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export type Reply = { readonly status: number; readonly body: Record<string, unknown> };

/** One keep-alive connection to a server. */
export type Connection = {
  /** Rejects when the connection breaks before the response is complete; the outcome of the call is then unknown. */
  call(method: Method, path: string, headers: Record<string, string>, body?: object): Promise<Reply>;
  /** Reads server-sent events up to and including the one for which `isLast` returns true. */
  follow(
    path: string,
    headers: Record<string, string>,
    isLast: (event: StreamEvent) => boolean,
  ): Promise<StreamEvent[]>;
  /** Sends a request over a new connection and closes it before the response. */
  abandon(path: string, headers: Record<string, string>, body: object): Promise<void>;
  close(): void;
};

export type StreamEvent = {
  readonly id: number;
  readonly event: string;
  readonly data: { readonly messageId: string; readonly msgParam?: string | null };
};

/**
 * Opens a connection for one call at a time. A call that takes longer than `timeout`, in milliseconds, is aborted and
 * rejects.
 */
export function connection(url: URL, timeout?: number): Connection {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const asked = (method: string, path: string, headers: Record<string, string>, body?: object) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request(new URL(path, url), {
        agent,
        method,
        headers: { 'content-type': 'application/json', ...headers },
        ...(timeout === undefined ? {} : { signal: AbortSignal.timeout(timeout) }),
      });
      sent.on('error', reject).on('response', resolve);
      sent.end(body && JSON.stringify(body));
    });
  return {
    async call(method, path, headers, body) {
      const answer = await asked(method, path, headers, body);
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      return { status: answer.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) as Reply['body'] };
    },
    async follow(path, headers, isLast) {
      const answer = await asked('GET', path, headers);
      const events: StreamEvent[] = [];
      let rest = '';
      for await (const chunk of answer.setEncoding('utf8')) {
        const blocks = (rest + chunk).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const event of blocks.flatMap(eventIn)) {
          events.push(event);
          if (isLast(event)) return events;
        }
      }
      throw new Error(`the stream ended after event ${events.at(-1)?.id} (status ${answer.statusCode}) ${rest}`);
    },
    abandon: (path, headers, body) =>
      new Promise((resolve, reject) => {
        const typed = { 'content-type': 'application/json', ...headers };
        const sent = request(new URL(path, url), { agent: false, method: 'POST', headers: typed });
        // Errors after the connection was closed are ignored.
        sent.on('error', reject).end(JSON.stringify(body), () => {
          sent.on('error', () => {}).destroy();
          resolve();
        });
      }),
    close: () => agent.destroy(),
  };
}

function eventIn(block: string): StreamEvent[] {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
  if (field('id') === '') return [];
  return [{ id: Number(field('id')), event: field('event'), data: JSON.parse(field('data')) }];
}
