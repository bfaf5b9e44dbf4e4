import { connect, type Socket } from 'node:net';
import { patience } from './fetch-text.ts';

/** One HTTP answer, as it arrived. */
export type Reply = {
  readonly status: number;
  /** Values by lower-case name. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
};

/** Answers that can be read from bytes, what follows them, and whether the bytes are HTTP at all. */
export type Parsed = { readonly replies: readonly Reply[]; readonly rest: Buffer; readonly wrong?: string };

/** A connection that sends one request after the other and reads the answer to each. */
export type Connection = {
  /** Rejects when the server answers nothing, or something that is not HTTP. */
  send(bytes: Buffer): Promise<Reply>;
  close(): void;
  /** False after an answer that ended the connection. */
  readonly isOpen: () => boolean;
};

type Waiting = { readonly bodiless: boolean; resolve(reply: Reply): void; reject(error: Error): void };

/** Opens a connection from a loopback address. */
export function openConnection(port: number, localAddress: string | undefined): Connection {
  const socket = connect({ port, host: '127.0.0.1', ...(localAddress !== undefined && { localAddress }) });
  socket.setNoDelay(true);
  let received: Buffer = Buffer.alloc(0);
  let waiting: Waiting | undefined;
  let open = true;
  let isEnded = false;
  const fail = (reason: string) => {
    open = false;
    socket.destroy();
    waiting?.reject(new Error(reason));
    waiting = undefined;
  };
  const settle = () => {
    if (!waiting) return received.length > 0 ? fail('bytes that nobody asked for') : undefined;
    const parsed = parseReply(received, waiting.bodiless, isEnded);
    if (typeof parsed === 'string') return fail(`${parsed}: ${shown(received)}`);
    if (!parsed) return isEnded ? fail(`the connection closed after ${received.length} bytes of an answer`) : undefined;
    received = parsed.rest;
    if (parsed.isLast) open = false;
    const { resolve } = waiting;
    waiting = undefined;
    if (received.length > 0) open = false;
    resolve(parsed.reply);
    if (!open) socket.destroy();
    return undefined;
  };
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    settle();
  });
  socket.on('end', () => {
    isEnded = true;
    settle();
  });
  socket.on('error', (error) => fail(error.message));
  socket.on('close', () => fail('the connection closed without an answer'));
  return {
    isOpen: () => open,
    close: () => socket.destroy(),
    send: (bytes) =>
      exchangeWithin(
        socket,
        bytes,
        (one) => {
          waiting = one;
        },
        fail,
      ),
  };
}

function exchangeWithin(
  socket: Socket,
  bytes: Buffer,
  expect: (one: Waiting) => void,
  fail: (reason: string) => void,
): Promise<Reply> {
  return new Promise<Reply>((resolve, reject) => {
    const timer = setTimeout(() => fail(`no answer within ${patience / 1000} s`), patience);
    const settled =
      <A extends unknown[]>(end: (...args: A) => void) =>
      (...args: A) => {
        clearTimeout(timer);
        end(...args);
      };
    expect({ bodiless: isHead(bytes), resolve: settled(resolve), reject: settled(reject) });
    socket.write(bytes);
  });
}

function isHead(bytes: Buffer): boolean {
  return bytes.subarray(0, 5).toString('latin1') === 'HEAD ';
}

type Found = { readonly reply: Reply; readonly rest: Buffer; readonly isLast: boolean };

/** The first answer in some bytes: undefined while it is incomplete, and the reason as text if it is not HTTP. */
function parseReply(received: Buffer, bodiless: boolean, isEnded: boolean): Found | string | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end === -1) return received.length > 100_000 ? 'no end of the headers' : undefined;
  const [first = '', ...lines] = received.subarray(0, end).toString('latin1').split('\r\n');
  const status = Number(/^HTTP\/1\.1 ([1-5]\d\d) [A-Z]/.exec(first)?.[1]);
  if (Number.isNaN(status)) return 'not a status line';
  if (status < 200) return parseReply(received.subarray(end + 4), bodiless, isEnded);
  const headers = headersOf(lines);
  if (!headers) return 'not a header';
  const framed = bodyOf(received.subarray(end + 4), headers, bodiless || status === 304 || status === 204, isEnded);
  if (framed === undefined || typeof framed === 'string') return framed;
  const isLast = framed.isLast || headers.get('connection')?.some((value) => /close/i.test(value)) === true;
  return { reply: { status, headers, body: framed.body }, rest: framed.rest, isLast };
}

function headersOf(lines: readonly string[]): ReadonlyMap<string, readonly string[]> | undefined {
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const [, name, value = ''] = /^([\w!#$%&'*+.^`|~-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name === undefined) return undefined;
    headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), value]);
  }
  return headers;
}

type Framed = { readonly body: Buffer; readonly rest: Buffer; readonly isLast: boolean };

function bodyOf(
  bytes: Buffer,
  headers: ReadonlyMap<string, readonly string[]>,
  bodiless: boolean,
  isEnded: boolean,
): Framed | string | undefined {
  const none = Buffer.alloc(0);
  if (bodiless) return { body: none, rest: bytes, isLast: false };
  // An event stream does not end by itself; its first bytes are enough.
  if (headers.get('content-type')?.some((value) => value.startsWith('text/event-stream')))
    return { body: bytes, rest: none, isLast: true };
  if (headers.get('transfer-encoding')?.includes('chunked')) return chunksOf(bytes);
  const lengths = headers.get('content-length');
  if (lengths === undefined) return isEnded ? { body: bytes, rest: none, isLast: true } : undefined;
  if (lengths.length !== 1 || !/^\d+$/.test(lengths[0] ?? '')) return 'not a content-length';
  const length = Number(lengths[0]);
  if (bytes.length < length) return undefined;
  return { body: bytes.subarray(0, length), rest: bytes.subarray(length), isLast: false };
}

function chunksOf(bytes: Buffer): Framed | string | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = bytes.indexOf('\r\n', at);
    if (end === -1) return undefined;
    const size = /^([0-9a-f]+)$/i.exec(bytes.subarray(at, end).toString('latin1'))?.[1];
    if (size === undefined) return 'not a chunk size';
    const length = Number.parseInt(size, 16);
    if (bytes.length < end + 4 + length) return undefined;
    chunks.push(bytes.subarray(end + 2, end + 2 + length));
    at = end + 4 + length;
    if (length === 0) return { body: Buffer.concat(chunks), rest: bytes.subarray(at), isLast: false };
  }
}

/** All answers in the bytes of a connection that has ended. */
export function parseReplies(received: Buffer, bodiless: (index: number) => boolean = () => false): Parsed {
  const replies: Reply[] = [];
  let rest = received;
  while (rest.length > 0) {
    const found = parseReply(rest, bodiless(replies.length), true);
    if (found === undefined) return { replies, rest, wrong: `half an answer: ${shown(rest)}` };
    if (typeof found === 'string') return { replies, rest, wrong: `${found}: ${shown(rest)}` };
    replies.push(found.reply);
    rest = found.rest;
  }
  return { replies, rest };
}

/** The first bytes as text, with everything unprintable escaped. */
export function shown(bytes: Buffer): string {
  return JSON.stringify(bytes.subarray(0, 600).toString('latin1'));
}
