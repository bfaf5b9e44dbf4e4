/** A receiver of OTLP over HTTP, which decodes the protocol buffers of traces by the field numbers of trace.proto. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export type ReceivedSpan = {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty if the span has no parent. */
  readonly parentId: string;
  readonly name: string;
  readonly kind: number;
  /** Nanoseconds. */
  readonly duration: bigint;
  readonly attributes: Readonly<Record<string, string | number>>;
};

type Field = { readonly number: number; readonly value: bigint | Buffer };

/** The fields of a message of protocol buffers. */
function parseFields(bytes: Buffer): readonly Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++] ?? 0;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const take = (length: number) => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const number = tag >> 3;
    const type = tag & 7;
    if (type === 0) fields.push({ number, value: varint() });
    else if (type === 1) fields.push({ number, value: take(8).readBigUInt64LE() });
    else if (type === 2) fields.push({ number, value: take(Number(varint())) });
    else if (type === 5) fields.push({ number, value: BigInt(take(4).readUInt32LE()) });
    else throw new Error(`a field has the wire type ${type}`);
  }
  return fields;
}

const messages = (fields: readonly Field[], number: number) =>
  fields.filter((field) => field.number === number).map(({ value }) => value as Buffer);
const text = (fields: readonly Field[], number: number) => messages(fields, number)[0]?.toString() ?? '';
const hex = (fields: readonly Field[], number: number) => messages(fields, number)[0]?.toString('hex') ?? '';
const integer = (fields: readonly Field[], number: number) =>
  (fields.find((field) => field.number === number)?.value as bigint | undefined) ?? 0n;

function parseAttributes(all: readonly Buffer[]): Record<string, string | number> {
  const pairs = all.map((bytes) => {
    const pair = parseFields(bytes);
    const [value] = parseFields(messages(pair, 2)[0] ?? Buffer.alloc(0));
    return [text(pair, 1), typeof value?.value === 'bigint' ? Number(value.value) : String(value?.value)] as const;
  });
  return Object.fromEntries(pairs);
}

function parseSpan(bytes: Buffer): ReceivedSpan {
  const fields = parseFields(bytes);
  return {
    traceId: hex(fields, 1),
    spanId: hex(fields, 2),
    parentId: hex(fields, 4),
    name: text(fields, 5),
    kind: Number(integer(fields, 6)),
    duration: integer(fields, 8) - integer(fields, 7),
    attributes: parseAttributes(messages(fields, 9)),
  };
}

export type Collector = {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  /** The attributes of the resource of the last request, and its headers and path. */
  readonly resource: () => Readonly<Record<string, string | number>>;
  readonly headers: () => IncomingHttpHeaders;
  /** The bytes of all requests, in which a test searches for what must not be there. */
  readonly bytes: () => Buffer;
  /** Resolves when the condition holds, after any further request. */
  until(condition: (spans: readonly ReceivedSpan[]) => boolean): Promise<void>;
};

/** Starts a collector that is closed when the test ends. */
export async function startCollector(): Promise<Collector> {
  const spans: ReceivedSpan[] = [];
  const received: Buffer[] = [];
  let resource = {};
  let headers: IncomingHttpHeaders = {};
  let wake = () => {};
  const server = createServer(async (request, response) => {
    const body = Buffer.from(await new Response(request).arrayBuffer());
    received.push(body);
    headers = request.headers;
    for (const ofResource of messages(parseFields(body), 1)) {
      const fields = parseFields(ofResource);
      resource = parseAttributes(messages(parseFields(messages(fields, 1)[0] ?? Buffer.alloc(0)), 1));
      for (const scope of messages(fields, 2)) spans.push(...messages(parseFields(scope), 2).map(parseSpan));
    }
    response.writeHead(request.url === '/v1/traces' ? 200 : 404, { 'content-type': 'application/x-protobuf' }).end();
    wake();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    resource: () => resource,
    headers: () => headers,
    bytes: () => Buffer.concat(received),
    async until(condition) {
      while (!condition(spans)) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
