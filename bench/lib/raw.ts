import { connect } from 'node:net';

/** A raw HTTP response. */
export type RawAnswer = {
  readonly status: number;
  /** Names and values in turn, spelled as they arrived. */
  readonly headers: readonly string[];
  readonly body: string;
};

/** Headers that node:http writes without being asked. */
const nodesOwn = /^(date|connection|keep-alive)$/i;

/** Makes a request over a bare socket and captures the response, so that another server can send the same bytes. */
export async function capture(
  url: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<RawAnswer> {
  const { hostname, port, host } = new URL(url);
  const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const bytes = await exchange(hostname, Number(port), `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  const end = bytes.indexOf('\r\n\r\n');
  const [first = '', ...rest] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const pairs = rest.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]);
  return {
    status: Number(first.split(' ')[1]),
    headers: pairs.filter(([name = '']) => !nodesOwn.test(name)).flat(),
    body: bytes.subarray(end + 4).toString('utf8'),
  };
}

function exchange(host: string, port: number, request: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => socket.write(request));
    let bytes: Buffer = Buffer.alloc(0);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the connection ended in the middle of an answer')));
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (!isWhole(bytes)) return;
      resolve(bytes);
      socket.destroy();
    });
  });
}

function isWhole(bytes: Buffer): boolean {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const length = /^content-length: (\d+)/im.exec(bytes.subarray(0, end).toString('latin1'))?.[1];
  return bytes.length >= end + 4 + Number(length);
}
