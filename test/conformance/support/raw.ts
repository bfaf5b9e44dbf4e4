import { connect } from 'node:net';
import { type Fields, fieldsOf } from './harness.ts';

export type RawReply = {
  readonly status: number;
  readonly head: string;
  readonly text: string;
  readonly body: Fields;
};

export type Exchange = {
  readonly replies: readonly RawReply[];
  /** Whether the server closed the connection. */
  readonly closed: boolean;
};

export type RawOptions = {
  /** The number of responses to wait for; without it, the end of the connection. */
  readonly count?: number;
  /** Closes the client's side after the last byte, as a caller does who disconnects. */
  readonly halfClose?: boolean;
  /** Responses have no body, as those to HEAD. */
  readonly bodiless?: boolean;
};

/** Writes raw bytes to a server, and reads the responses. */
export function exchange(port: number, bytes: string | Buffer, options: RawOptions = {}): Promise<Exchange> {
  const { count = Number.POSITIVE_INFINITY, halfClose = false, bodiless = false } = options;
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let received = Buffer.alloc(0);
    const finish = (closed: boolean) => {
      socket.destroy();
      resolve({ replies: repliesIn(received, bodiless), closed });
    };
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, Buffer.from(chunk)]);
      if (repliesIn(received, bodiless).length >= count) finish(false);
    });
    // A server that refuses a body closes while the client still writes; its response has arrived nevertheless.
    socket.on('error', () => {});
    socket.on('close', () => finish(true));
    if (halfClose) socket.end(bytes);
    else socket.write(bytes);
  });
}

/** The complete responses so far. */
function repliesIn(received: Buffer, bodiless: boolean): RawReply[] {
  const replies: RawReply[] = [];
  let rest = received;
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1) return replies;
    const head = rest.subarray(0, end).toString('latin1');
    const length = bodiless ? 0 : Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
    if (rest.length < end + 4 + length) return replies;
    const text = rest.subarray(end + 4, end + 4 + length).toString();
    const status = Number(head.split(' ')[1]);
    if (status >= 200) replies.push({ status, head, text, body: fieldsOf(text) });
    rest = rest.subarray(end + 4 + length);
  }
}

/** A request as text: request line, headers, and a body with its length. */
export function requestText(line: string, headers: Readonly<Record<string, string>> = {}, body?: string): string {
  const own = { host: 'huizhi', ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }) };
  const lines = Object.entries({ ...own, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`;
}
