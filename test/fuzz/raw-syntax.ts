import { bytesOf, withHeader } from './draft.ts';
import type { Random } from './random.ts';
import { type Form, half } from './raw-form.ts';

const hosts = [
  'a b',
  'a/b',
  '[::1',
  '',
  'x:99999',
  'evil.example',
  '127.0.0.1:1@x',
  'x'.repeat(3000),
  '\u00ff',
  '%zz',
  'localhost:-1',
  '..',
  '[::1]',
  'LOCALHOST',
];
const versions = [
  '',
  ' HTTP/1.0',
  ' HTTP/2.0',
  ' HTTP/1.2',
  ' http/1.1',
  ' HTTP/1.1 ',
  ' HTCPCP/1.0',
  ' HTTP/01.1',
  ' HTTP/1.1.1',
  '\tHTTP/1.1',
  ' HTTP/11',
];
const foreign = [
  '16030100f1010000ed0303',
  '0500',
  '040100507f000001',
  '5353482d322e302d4f70656e5353480d0a',
  '00',
  'ffffffff',
  '505249202a20485454502f322e300d0a0d0a534d0d0a0d0a',
  '0d0a0d0a0d0a',
];

/** Forms of the request line and the headers, and bytes that are something else. */
export const syntaxForms: readonly Form[] = [
  { kind: 'Host', make: (draft, random) => half(bytesOf(withHeader(draft, 'host', random.pick(hosts)))) },
  {
    kind: 'two Hosts',
    make: (draft, random) =>
      half(
        bytesOf({ ...draft, headers: [...draft.headers, ['Host', random.pick(['127.0.0.1', 'evil.example', ''])]] }),
      ),
  },
  {
    kind: 'no Host',
    make: (draft) => half(bytesOf({ ...draft, headers: draft.headers.filter(([name]) => name !== 'host') })),
  },
  {
    kind: 'HTTP version',
    make: (draft, random) => half(bytesOf(draft).toString('latin1').replace(' HTTP/1.1', random.pick(versions))),
  },
  {
    kind: 'CONNECT',
    make: (_, random) =>
      half(`CONNECT ${random.pick(['huizhi:443', '/', '127.0.0.1:22', ''])} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`),
  },
  {
    // Node drops what is pipelined behind a request to upgrade, so nothing follows it.
    kind: 'upgrade',
    make: (draft, random) =>
      half(
        bytesOf({
          ...draft,
          headers: [
            ...draft.headers,
            ['connection', random.pick(['upgrade', 'Upgrade, HTTP2-Settings', 'keep-alive, upgrade'])],
            ['upgrade', random.pick(['websocket', 'h2c', 'TLS/1.0', ''])],
            ['sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ=='],
            ['sec-websocket-version', '13'],
          ],
        }),
      ),
  },
  {
    kind: 'absolute form',
    make: (draft, random) =>
      half(
        bytesOf({
          ...draft,
          path:
            random.pick([
              'http://127.0.0.1',
              'https://evil.example:1',
              'HTTP://x',
              'ftp://x',
              'http://',
              'http://a b',
              '//evil.example',
              'http://[::1',
            ]) + draft.path,
        }),
      ),
  },
  {
    kind: 'other forms of the target',
    make: (draft, random) =>
      half(
        bytesOf({
          ...draft,
          method: random.pick(['GET', 'OPTIONS', 'POST']),
          path: random.pick(['*', '', '?', '#', 'healthz', '.', '/..', '/\u00ff', '/%', 'http:', '\\']),
          query: [],
        }),
      ),
  },
  {
    kind: 'huge target',
    make: (draft, random) =>
      half(bytesOf({ ...draft, query: [...draft.query, ['x', 'y'.repeat(random.pick([8_000, 16_000, 100_000]))]] })),
  },
  {
    kind: 'huge header',
    make: (draft, random) => half(bytesOf(withHeader(draft, 'x', 'y'.repeat(random.pick([8_000, 16_000, 200_000]))))),
  },
  {
    kind: 'thousands of headers',
    make: (draft, random) =>
      half(
        bytesOf({
          ...draft,
          headers: [
            ...draft.headers,
            ...Array.from({ length: random.pick([1000, 3000, 20_000]) }, (_, i) => [`a${i}`, ''] as const),
          ],
        }),
      ),
  },
  { kind: 'line endings', make: (draft, random) => half(lineEndings(bytesOf(draft).toString('latin1'), random)) },
  {
    kind: 'header syntax',
    make: (draft, random) =>
      half(
        bytesOf(draft)
          .toString('latin1')
          .replace(
            '\r\n',
            `\r\n${random.pick(['x : y', ' x: y', 'x: a\r\n b', 'x', ': y', 'x: a\0b', 'x: \u007f', 'x\u00e9: y', '"x": y', 'x: a\rb', '\t: y'])}\r\n`,
          ),
      ),
  },
  {
    kind: 'method',
    make: (draft, random) =>
      half(
        bytesOf(draft)
          .toString('latin1')
          .replace(
            /^\w+/,
            random.pick(['HELLO', 'get', 'G\0T', 'GETGET', '', 'M-SEARCH', 'PRI', 'BREW', 'x'.repeat(5000)]),
          ),
      ),
  },
  { kind: 'another protocol', make: (_, random) => half(Buffer.from(random.pick(foreign), 'hex')) },
  {
    kind: 'changed bytes',
    make: (draft, random) => {
      const whole = bytesOf(draft);
      for (let i = 0; i <= random.int(5); i++) whole[random.int(whole.length)] = random.int(256);
      return half(whole);
    },
  },
  {
    kind: 'a piece removed',
    make: (draft, random) => {
      const whole = bytesOf(draft);
      const at = random.int(whole.length);
      return half(Buffer.concat([whole.subarray(0, at), whole.subarray(at + 1 + random.int(20))]));
    },
  },
  {
    kind: 'a piece repeated',
    make: (draft, random) => {
      const whole = bytesOf(draft);
      const at = random.int(whole.length);
      return half(Buffer.concat([whole.subarray(0, at + random.int(50)), whole.subarray(at)]));
    },
  },
  {
    kind: 'unknown bytes',
    make: (_, random) => half(Buffer.from(Array.from({ length: 1 + random.int(300) }, () => random.int(256)))),
  },
];

function lineEndings(text: string, random: Random): string {
  const change = random.pick<(text: string) => string>([
    (whole) => whole.replaceAll('\r\n', '\n'),
    (whole) => whole.replaceAll('\r\n', '\r'),
    (whole) => `\r\n\r\n${whole}`,
    (whole) => whole.replace('\r\n', '\n'),
    (whole) => whole.replace('\r\n\r\n', '\r\n\n'),
    (whole) => whole.replace('\r\n', '\r\r\n'),
  ]);
  return change(text);
}
