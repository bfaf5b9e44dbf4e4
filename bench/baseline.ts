/**
 * The baseline, a process of its own: a bare node:http server that answers every request with the same bytes, those of a huizhi answer.
 * Its one argument is that answer as JSON; it prints its URL.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RawAnswer } from './lib/raw.ts';

const { status, headers, body } = JSON.parse(process.argv[2] ?? '') as RawAnswer;
const flat = [...headers];

const server = createServer({ keepAliveTimeout: 65_000 }, (_, outgoing) => {
  outgoing.writeHead(status, flat);
  outgoing.end(body);
});

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ url: `http://127.0.0.1:${port}` }));
});

process.once('SIGTERM', () => process.exit(0));
