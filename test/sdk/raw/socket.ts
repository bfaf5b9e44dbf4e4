import { once } from 'node:events';
import { connect } from 'node:net';

/** An HTTP response, and what came before its status line. */
export type RawAnswer = {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
  readonly continued: boolean;
};

export type RawConnection = {
  /** Writes bytes; a body with Expect is written after `100 Continue`. Resolves with the final response. */
  exchange(head: string, body?: string, waits?: boolean): Promise<RawAnswer>;
  close(): void;
};

const go = 'HTTP/1.1 100 Continue\r\n\r\n';

/** One connection for consecutive requests. `endpoint` is host and port. */
export async function openConnection(endpoint: string): Promise<RawConnection> {
  const { hostname, port } = new URL(`http://${endpoint}`);
  const socket = connect(Number(port), hostname).setEncoding('utf8');
  await once(socket, 'connect');
  let received = '';

  async function until<T>(found: () => T | undefined): Promise<T> {
    for (;;) {
      const value = found();
      if (value !== undefined) return value;
      const [text] = (await once(socket, 'data')) as [string];
      received += text;
    }
  }

  return {
    async exchange(head, body = '', waits = false) {
      received = '';
      socket.write(waits ? head : head + body);
      if (waits) {
        await until(() => received.length >= go.length || undefined);
        if (received.startsWith(go)) socket.write(body);
      }
      const continued = received.startsWith(go);
      if (continued) received = received.slice(go.length);
      return { ...(await until(() => complete(received))), continued };
    },
    close: () => socket.destroy(),
  };
}

/** The response, when all of its Content-Length has arrived. */
function complete(text: string): Omit<RawAnswer, 'continued'> | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const headers = text.slice(0, end);
  const body = text.slice(end + 4);
  const length = Number(/^content-length: (\d+)$/im.exec(headers)?.[1]);
  if (Buffer.byteLength(body) < length) return undefined;
  return { status: Number(headers.split(' ')[1]), headers, body };
}
