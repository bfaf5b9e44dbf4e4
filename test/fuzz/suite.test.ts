import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkReply, mayWrite } from './check.ts';
import { parseReplies, type Reply } from './connection.ts';
import { type Api, apiOf } from './document.ts';
import { bytesOf } from './draft.ts';
import { fetchText } from './fetch-text.ts';
import { mutations } from './mutations.ts';
import { createRandom } from './random.ts';
import { createRequest } from './requests.ts';
import { bounds, excesses } from './run.ts';
import { createControl, digestOf } from './state.ts';
import { createWorld } from './world.ts';

const text = { type: 'string' } as const;
const call = (schema: object, codes: readonly string[]) => ({
  responses: {
    200: { content: { 'application/json': { schema } } },
    400: { content: { 'application/json': { schema: { type: 'object', properties: { code: { enum: codes } } } } } },
  },
});

const api: Api = apiOf({
  paths: {
    '/v1.0/things/{thingId}': {
      post: {
        operationId: 'changeThing',
        tags: ['robot'],
        parameters: [{ name: 'limit', in: 'query', required: true, schema: { type: 'integer' } }],
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Body' } } } },
        ...call({ type: 'object', required: ['done'], properties: { done: { type: 'boolean' } } }, ['bad']),
      },
    },
  },
  components: {
    schemas: {
      ErrorCode: { enum: ['bad', 'worse', 'system.error', 'InvalidAction.NotFound'] },
      Body: { type: 'object', required: ['name'], properties: { name: text, list: { type: 'array', items: text } } },
    },
    securitySchemes: {},
  },
} as never);

const id = '01A22196-A771-7932-A3C7-B019698697AD';
const jsonHeaders = {
  'content-type': 'application/json;charset=utf-8',
  'x-acs-request-id': id,
  'access-control-allow-origin': '*',
};

function reply(status: number, body: unknown, headers: Readonly<Record<string, string>> = jsonHeaders): Reply {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : Buffer.from(JSON.stringify(body));
  return { status, headers: new Map(Object.entries(headers).map(([name, value]) => [name, [value]])), body: bytes };
}

const error = (code: string, more: object = {}) => ({ code, requestid: id, message: 'text', ...more });
const { 'x-acs-request-id': _, ...withoutId } = jsonHeaders;

describe('an answer of the document', () => {
  test.each<[string, Reply, string]>([
    ['a success', reply(200, { done: true }), '200'],
    ['a refusal', reply(400, error('bad')), '400 bad'],
    ['a refusal of any call', reply(404, error('InvalidAction.NotFound')), '404 InvalidAction.NotFound'],
  ])('has no problem: %s', (_name, answer, outcome) => {
    expect(checkReply(api, 'POST', '/v1.0/things/7?limit=1', answer)).toEqual({ outcome });
  });

  test.each<[string, Reply, RegExp]>([
    ['a status that is not documented', reply(409, error('bad')), /does not document 409/],
    ['a code that is not documented for the call', reply(400, error('worse')), /does not fit its schema/],
    ['a code that is not in the table', reply(400, error('unheard')), /unheard is not in the document/],
    ['a failure of the server', reply(500, error('system.error')), /the server failed/],
    ['a field that is missing', reply(200, {}), /does not fit its schema/],
    ['a field that nobody has documented', reply(200, { done: true, more: 1 }), /does not fit its schema/],
    ['an empty body', reply(200, ''), /an empty body/],
    ['another content type', reply(200, 'x', { ...jsonHeaders, 'content-type': 'text/plain' }), /text\/plain/],
    ['no request id', reply(200, { done: true }, withoutId), /no x-acs-request-id/],
    ['another request id', reply(400, { ...error('bad'), requestid: 'X' }), /not that of the header/],
    ['bytes that are not UTF-8', reply(200, '{"done":"\xff"}'), /not JSON in UTF-8/],
    ['an error with more fields', reply(400, error('bad', { stack: 'x' })), /has a field stack/],
  ])('has a problem with %s', (_name, answer, problem) => {
    expect(checkReply(api, 'POST', '/v1.0/things/7?limit=1', answer).problem).toMatch(problem);
  });

  test('of a path that is no call is not found', () => {
    const found = checkReply(api, 'POST', '/v1.0/other', reply(200, { done: true })).problem;
    expect(found).toMatch(/a path that is no call answers 200/);
    expect(checkReply(api, 'POST', '/v1.0/other', reply(404, error('InvalidAction.NotFound'))).problem).toBeUndefined();
  });
});

test('requests are the same for the same seed and index, and differ otherwise', () => {
  const world = createWorld(api, '127.0.0.1');
  const bytes = (seed: number, from: number) =>
    Array.from({ length: 50 }, (_item, i) => createRequest(world, seed, from + i).bytes.toString('hex'));
  expect(bytes(1, 0)).toEqual(bytes(1, 0));
  expect(bytes(2, 0)).not.toEqual(bytes(1, 0));
  expect(bytes(1, 50)).not.toEqual(bytes(1, 0));
});

test('any two mutations can follow each other', { timeout: 60_000 }, () => {
  const world = createWorld(api, '127.0.0.1');
  const valid = createRequest(world, 1, 0).draft;
  const drafts = [valid, { ...valid, query: [['limit', '1'] as const], json: { name: 'x' } }];
  const empty: string[] = [];
  let seed = 0;
  for (const draft of drafts) {
    for (const one of mutations) {
      for (const other of mutations) {
        const random = createRandom(seed++);
        const once = one.apply(draft, random, world) ?? draft;
        if (bytesOf(other.apply(once, random, world) ?? once).length === 0) empty.push(`${one.kind}, ${other.kind}`);
      }
    }
  }
  expect(empty).toEqual([]);
});

test('every mutation that needs no credentials applies to some request', () => {
  const world = createWorld(api, '127.0.0.1');
  const seen = new Set(Array.from({ length: 4000 }, (_item, i) => createRequest(world, 1, i).kinds).flat());
  const needsCredentials = /token|credentials|authorization|header twice/;
  const missing = mutations.filter(({ kind }) => !needsCredentials.test(kind) && !seen.has(kind));
  expect(missing.map(({ kind }) => kind)).toEqual([]);
});

test('a generator gives the same numbers for the same seeds', () => {
  const numbers = (...seeds: number[]) => {
    const random = createRandom(...seeds);
    return Array.from({ length: 20 }, () => random.int(1000));
  };
  expect(numbers(1, 2)).toEqual(numbers(1, 2));
  expect(numbers(2, 1)).not.toEqual(numbers(1, 2));
  expect(new Set(numbers(1, 2)).size).toBeGreaterThan(10);
});

test('bytes of a connection are read as the answers that they are', () => {
  const one = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
  const chunked = 'HTTP/1.1 400 Bad Request\r\ntransfer-encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n';
  const { replies, wrong } = parseReplies(Buffer.from(`HTTP/1.1 100 Continue\r\n\r\n${one}${chunked}`));
  expect([replies.map(({ status, body }) => [status, body.toString()]), wrong]).toEqual([
    [
      [200, 'ok'],
      [400, 'no'],
    ],
    undefined,
  ]);
  expect(parseReplies(Buffer.from('garbage\r\n\r\n')).wrong).toMatch(/not a status line/);
  expect(parseReplies(Buffer.from(`${one.slice(0, -1)}`)).wrong).toMatch(/half an answer/);
});

test('a process that grows beyond its bounds is reported', () => {
  const sample = { memory: 100, descriptors: 20, lag: 0.1, streams: 0 };
  expect(excesses([sample, sample])).toEqual([]);
  const grown = { ...sample, memory: 101 + bounds.memory, descriptors: 21 + bounds.descriptors, lag: bounds.lag + 1 };
  expect(excesses([sample, grown])).toHaveLength(3);
});

/** The address of a server with the given answers. */
async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each<[string, RequestListener]>([
  ['that is not answered', () => {}],
  ['whose answer does not end', (_incoming, outgoing) => void outgoing.write('{"a')],
])('a call of the suite itself %s fails in the end, and says which call it was', async (_name, listener) => {
  const url = await listening(listener);
  const message = /GET http.*\/x: no answer within 0\.05 s/;
  await expect(fetchText(`${url}/x`, {}, 50)).rejects.toThrow(message);
  await expect(createControl({ url }, 50)('GET', '/x')).rejects.toThrow(message);
});

test('deliveries that do not end make a run fail, and an answer of another form does, too', async () => {
  const answers = ['{"total":{},"messages":[{}]}', '{"total":{}}', '{"total":{},"messages":[]}'];
  const digests = answers.map(async (answer) => {
    const url = await listening((_incoming, outgoing) => void outgoing.end(answer));
    return digestOf(createControl({ url }), 'serve', 50);
  });
  const [endless, other, done] = await Promise.allSettled(digests);
  expect([endless, other]).toMatchObject([
    { reason: { message: 'corp-one has undelivered messages after 0.05 s' } },
    { reason: { message: expect.stringMatching(/answered no list of messages/) } },
  ]);
  expect(done?.status).toBe('fulfilled');
});

test('a GET may only change something if it is a call under /topapi/ that is documented as POST', () => {
  const post = { post: { operationId: 'create', tags: ['groups'], ...call({ type: 'object' }, ['bad']) } };
  const old = apiOf({ ...api.document, paths: { '/topapi/create': post } } as never);
  expect(mayWrite(old, 'GET', '/topapi/create?title=x')).toBe(true);
  expect(mayWrite(old, 'GET', '/topapi/other')).toBe(false);
  expect(mayWrite(api, 'GET', '/v1.0/things/7')).toBe(false);
  expect(mayWrite(api, 'POST', '/v1.0/things/7')).toBe(true);
});
