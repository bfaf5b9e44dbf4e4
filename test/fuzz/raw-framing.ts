import { bytesOf, type Draft, withHeader } from './draft.ts';
import type { Random } from './random.ts';
import { type Form, half, next } from './raw-form.ts';

const encodings = [
  'gzip',
  'gzip, chunked',
  'chunked, gzip',
  'identity',
  'xchunked',
  'Chunked',
  '\tchunked',
  'chunked, chunked',
  '',
  'chunked;q=1',
  '"chunked"',
];
const lengths = [
  '+4',
  '-1',
  '4,4',
  '4, 5',
  '1e1',
  '0x4',
  '99999999999999999999',
  '',
  '4 4',
  '٤',
  '00000000000000000020',
  '20, 20',
];
const sizes = ['zz', '-1', '0x5', 'ffffffffffffffffff', '5 ', '', '+5', '5;', '\u0665', '5\r', '7fffffff'];

/** Forms of how a request is cut, measured and followed. */
export const framingForms: readonly Form[] = [
  { kind: 'one byte at a time', make: (draft) => next(...[...bytesOf(draft)].map((byte) => Buffer.from([byte]))) },
  {
    kind: 'split at random places',
    make: (draft, random) => next(...split(bytesOf(draft), random, 1 + random.int(12))),
  },
  { kind: 'body in chunks', make: (draft) => next(chunked(draft, good)) },
  {
    kind: 'chunks of one byte',
    make: (draft) => next(chunked(draft, (body) => `${[...body].map((one) => `1\r\n${one}\r\n`).join('')}0\r\n\r\n`)),
  },
  {
    kind: 'chunk extensions',
    make: (draft, random) =>
      half(
        chunked(
          draft,
          (body) =>
            `${body.length.toString(16)};${random.pick(['a=b', 'a="b\r\n"', 'x'.repeat(20_000), ';;', 'a=\0'])}\r\n${body}\r\n0\r\n\r\n`,
        ),
      ),
  },
  {
    kind: 'chunk trailers',
    make: (draft, random) =>
      half(
        chunked(
          draft,
          (body) =>
            `${body.length.toString(16)}\r\n${body}\r\n0\r\n${random.pick(['x: y', 'host: evil', 'content-length: 4', 'x'.repeat(20_000), ': '])}\r\n\r\n`,
        ),
      ),
  },
  {
    kind: 'bad chunk size',
    make: (draft, random) => half(chunked(draft, (body) => `${random.pick(sizes)}\r\n${body}\r\n0\r\n\r\n`)),
  },
  {
    kind: 'chunk of another size than it says',
    make: (draft, random) =>
      half(
        chunked(draft, (body) => `${(body.length + random.pick([-3, 1, 200])).toString(16)}\r\n${body}\r\n0\r\n\r\n`),
      ),
  },
  {
    kind: 'transfer encoding',
    make: (draft, random) => half(chunked(draft, good, `transfer-encoding: ${random.pick(encodings)}`)),
  },
  {
    kind: 'two transfer encodings',
    make: (draft, random) =>
      half(chunked(draft, good, `transfer-encoding: ${random.pick(encodings)}\r\nTransfer-Encoding: chunked`)),
  },
  {
    kind: 'length and chunks',
    make: (draft, random) =>
      half(chunked(draft, good, `content-length: ${random.pick([0, 4, 30])}\r\ntransfer-encoding: chunked`)),
  },
  {
    kind: 'bad length',
    make: (draft, random) => {
      const { head, body } = parts(draft, [`content-length: ${random.pick(lengths)}`]);
      return half(head + body);
    },
  },
  {
    kind: 'two lengths',
    make: (draft, random) => {
      const { head, body } = parts(draft, ['content-length: 20', `content-length: ${random.pick(['20', '21', '0'])}`]);
      return half(head + body);
    },
  },
  {
    kind: 'body longer than its length',
    make: (draft) => {
      const { head, body } = parts(draft, ['content-length: 5']);
      return half(head + body);
    },
  },
  {
    kind: 'body shorter than its length',
    make: (draft) => {
      const { head, body } = parts(draft, ['content-length: 500']);
      return half(head + body);
    },
  },
  {
    kind: 'pipelined',
    make: (draft, random) => next(Buffer.concat(Array.from({ length: 2 + random.int(10) }, () => bytesOf(draft)))),
  },
  {
    kind: 'pipelined, one invalid',
    make: (draft, random) =>
      half(
        Buffer.concat([
          bytesOf(draft),
          Buffer.from(`${random.pick(['garbage', 'GET', 'GET / HTTP/9', '\0'])}\r\n\r\n`),
          bytesOf(draft),
        ]),
      ),
  },
  {
    kind: 'pipelined with unknown paths',
    make: (draft) =>
      next(
        bytesOf(draft),
        bytesOf({ ...draft, path: '/v1.0/nothing' }),
        bytesOf(draft),
        bytesOf({ ...draft, path: '/console/v1/nothing' }),
      ),
  },
  {
    kind: 'half a request',
    make: (draft, random) => {
      const whole = bytesOf(draft);
      return half(whole.subarray(0, random.int(whole.length)));
    },
  },
  {
    kind: 'half a request, then a reset',
    make: (draft, random) => {
      const whole = bytesOf(draft);
      return { pieces: [whole.subarray(0, random.int(whole.length))], end: 'reset' };
    },
  },
  { kind: 'a request, then a reset', make: (draft) => ({ pieces: [bytesOf(draft)], end: 'reset' }) },
  { kind: 'nothing at all', make: () => ({ pieces: [], end: 'half' }) },
  {
    kind: 'expectation',
    make: (draft, random) =>
      next(bytesOf(withHeader(draft, 'expect', random.pick(['100-continue', '100-CONTINUE', '200-ok', ''])))),
  },
  {
    kind: 'smuggled request',
    make: (draft, random) =>
      half(
        chunked(
          draft,
          () => `${random.pick(['0\r\n\r\n', '1\r\nZ\r\n', ''])}${bytesOf(draft).toString('latin1')}`,
          'content-length: 4\r\ntransfer-encoding: chunked',
        ),
      ),
  },
];

/** Splits bytes at random places. */
function split(whole: Buffer, random: Random, count: number): Buffer[] {
  const cuts = Array.from({ length: count }, () => random.int(whole.length + 1)).sort((a, b) => a - b);
  return [0, ...cuts]
    .map((from, i) => whole.subarray(from, cuts[i] ?? whole.length))
    .filter(({ length }) => length > 0);
}

/** The head of a request with a body, and the body apart. */
function parts(draft: Draft, headers: readonly string[]): { readonly head: string; readonly body: string } {
  const whole = bytesOf({ ...draft, method: 'POST', body: Buffer.from('{"appKey":"app-one"}') }).toString('latin1');
  const [head = '', body = ''] = whole.split(/\r\n\r\n/s);
  const lines = head.split('\r\n').filter((line) => !line.startsWith('content-length'));
  return { head: `${[...lines, ...headers].join('\r\n')}\r\n\r\n`, body };
}

function chunked(draft: Draft, chunks: (body: string) => string, header = 'transfer-encoding: chunked') {
  const { head, body } = parts(draft, [header]);
  return head + chunks(body);
}

function good(body: string): string {
  return `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
}
