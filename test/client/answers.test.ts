/** What the client does with answers that the API does not document, and with invalid arguments. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Client, ConnectionError, createClient, SendError } from '../../src/client/index.ts';
import { fileServer } from '../conformance/support/harness.ts';
import { rejection, setting } from './setting.ts';

const server = await fileServer({ mayFail: true });
const w = setting(server);

async function listening(listener: RequestListener): Promise<string> {
  const api = createServer(listener).listen(0, '127.0.0.1');
  onTestFinished(() => void api.close().closeAllConnections());
  await once(api, 'listening');
  return `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
}

/** Every call that a client makes, including the token call. */
const calls: readonly (readonly [name: string, call: (endpoint: string, timeout: number) => Promise<unknown>])[] = [
  ['readStatus', (endpoint, timeout) => clientOf(endpoint, timeout).readStatus('key')],
  ['send', (endpoint, timeout) => clientOf(endpoint, timeout).send({ to: 'alice', text: 'x' })],
  ['recall', (endpoint, timeout) => clientOf(endpoint, timeout).recall('key')],
  [
    'the token call',
    (endpoint, timeout) =>
      createClient({ endpoint, timeout, retries: 0, appKey: 'a', appSecret: 's', robotCode: 'r' }).readStatus('key'),
  ],
];

const clientOf = (endpoint: string, timeout: number) =>
  createClient({ endpoint, timeout, retries: 0, token: 'any', robotCode: 'r' });

describe.each(calls)('%s', (_, call) => {
  test('stops reading an answer of more than 4 MB after decompression', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 32));
    const endpoint = await listening((_request, answer) => {
      answer.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' }).end(bomb);
    });
    expect(await rejection(call(endpoint, 60_000))).toMatchObject({ code: 'invalidAnswer' });
  });

  test('stops reading an answer that does not end, and closes its connection', async () => {
    const closed = Promise.withResolvers<void>();
    const endpoint = await listening((_request, answer) => {
      const more = () => {
        while (!answer.destroyed && answer.write(' '.repeat(65_536)));
      };
      answer.on('drain', more).on('close', closed.resolve);
      more();
    });
    expect(await rejection(call(endpoint, 60_000))).toMatchObject({ code: 'invalidAnswer' });
    await closed.promise;
  });

  test('times out when the body arrives very slowly', async () => {
    const endpoint = await listening((_request, answer) => {
      const drip = setInterval(() => answer.write(' '), 20);
      answer.on('close', () => clearInterval(drip));
    });
    expect(await rejection(call(endpoint, 300))).toMatchObject({ code: 'timeout' });
  });

  test('times out when a custom fetch never settles and ignores its signal', async () => {
    const never = new Response(new ReadableStream({ pull: () => new Promise(() => {}) }));
    const options = { endpoint: server.url, timeout: 50, retries: 0, token: 'any', robotCode: 'r' };
    const silent = createClient({ ...options, fetch: () => new Promise(() => {}) });
    const stuck = createClient({ ...options, fetch: async () => never });
    expect(await rejection(silent.readStatus('key'))).toMatchObject({ code: 'timeout' });
    expect(await rejection(stuck.readStatus('key'))).toMatchObject({ code: 'timeout' });
  });
});

describe('an answer that the API does not document is a ConnectionError that names the member', () => {
  const answering = (body: unknown) =>
    createClient({
      endpoint: server.url,
      token: 'any',
      robotCode: 'r',
      retries: 0,
      fetch: async () => Response.json(body),
    });
  const person = { userId: 'a', name: 'A', readStatus: 'READ' };
  const receipt = (item: unknown) => ({ sendStatus: 'SUCCESS', messageReadInfoList: [item] });
  const ask = (client: Client) => client.readStatus('key');
  const send = (client: Client) => client.send({ to: 'a', text: 'x' });
  const recall = (client: Client) => client.recall('key');

  test.each([
    [ask, receipt(null), 'messageReadInfoList[0], which is not an object'],
    [ask, receipt(7), 'messageReadInfoList[0], which is not an object'],
    [ask, receipt({ ...person, userId: undefined }), 'messageReadInfoList[0].userId, which is not a string'],
    [ask, receipt({ ...person, name: {} }), 'messageReadInfoList[0].name, which is not a string'],
    [ask, receipt({ ...person, readStatus: 1 }), 'messageReadInfoList[0].readStatus, which is not a string'],
    [ask, receipt({ ...person, readTimestamp: 'soon' }), 'messageReadInfoList[0].readTimestamp, which is not a number'],
    [ask, { sendStatus: 'SUCCESS', messageReadInfoList: {} }, 'messageReadInfoList, which is not a list'],
    [ask, { sendStatus: null }, 'sendStatus, which is not a string'],
    [ask, { sendStatus: 'DONE' }, 'the sendStatus DONE'],
    [ask, {}, 'sendStatus, which is not a string'],
    [ask, [], 'with no JSON object'],
    [ask, null, 'with no JSON object'],
    [send, {}, 'processQueryKey, which is not a string'],
    [send, { processQueryKey: '' }, 'an empty processQueryKey'],
    [send, { processQueryKey: 'k', invalidStaffIdList: 'a' }, 'invalidStaffIdList, which is not a list'],
    [send, { processQueryKey: 'k', filteredStaffIdList: [null] }, 'filteredStaffIdList[0], which is not a string'],
    [send, { processQueryKey: 'k', flowControlledStaffIdList: [1] }, 'flowControlledStaffIdList[0], which is not'],
    [recall, { successResult: 'key' }, 'successResult, which is not a list'],
    [recall, { successResult: [{}] }, 'successResult[0], which is not a string'],
    [recall, { failedResult: [] }, 'failedResult, which is not an object'],
    [recall, { failedResult: { key: null } }, 'failedResult, which is not a string'],
  ])('%# %s', async (call, body, sentence) => {
    const error = await rejection(call(answering(body)));
    expect(error).toMatchObject({ code: 'invalidAnswer', message: expect.stringContaining(sentence) });
    expect(error instanceof SendError ? error.cause : error).toBeInstanceOf(ConnectionError);
  });

  test.each([
    [{}, 'accessToken, which is not a string'],
    [{ accessToken: 7 }, 'accessToken, which is not a string'],
    [{ accessToken: 'a\nb' }, 'a token with a character that is not allowed in a header'],
    [{ accessToken: '' }, 'a token with a character that is not allowed in a header'],
    [{ accessToken: 'a', expireIn: {} }, 'expireIn, which is not a number'],
  ])('of the token call: %j', async (body, sentence) => {
    const options = { endpoint: server.url, appKey: 'a', appSecret: 's', robotCode: 'r', retries: 0 };
    const client = createClient({ ...options, fetch: async () => Response.json(body) });
    expect(await rejection(client.readStatus('key'))).toMatchObject({
      code: 'invalidAnswer',
      message: expect.stringContaining(sentence),
    });
  });

  test('and ends a watch with an error', async () => {
    const changes: unknown[] = [];
    for await (const change of answering({ sendStatus: 'DONE' }).watch('key')) changes.push(change);
    expect(changes).toMatchObject([{ type: 'end', reason: 'failed', error: { code: 'invalidAnswer' } }]);
  });

  test('but null lists, unexpected keys and a time beyond all dates are accepted', async () => {
    const odd = { ...person, name: null, readTimestamp: '9999999999999' };
    expect(await ask(answering({ ...receipt(odd), more: 1 }))).toMatchObject({
      recipients: [{ name: '', read: true }],
    });
    expect(await ask(answering({ sendStatus: 'SUCCESS', messageReadInfoList: null }))).toMatchObject({
      recipients: [],
    });
    expect(await ask(answering(receipt({ ...person, readTimestamp: 1e300 })))).toEqual({
      processQueryKey: 'key',
      status: 'SUCCESS',
      recipients: [{ userId: 'a', name: 'A', read: true }],
      left: 0,
    });
    expect(await recall(answering({ successResult: ['key', 'other'], failedResult: null }))).toEqual({
      recalled: ['key'],
      failed: [],
    });
  });
});

describe('an invalid argument is a TypeError that names it', () => {
  const client = createClient({
    endpoint: server.url,
    token: 'any',
    robotCode: 'r',
    fetch: () => expect.fail('asked'),
  });
  /** Programs without types may pass any value. */
  const loose = client as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;

  test.each([
    ['readStatus', [undefined], 'readStatus: processQueryKey must be a non-empty string, not undefined.'],
    ['readStatus', [null], 'processQueryKey must be a non-empty string, not null'],
    ['readStatus', [''], 'processQueryKey must be a non-empty string, not an empty string'],
    ['readStatus', [{ processQueryKey: 'k' }], 'processQueryKey must be a non-empty string, not of type object'],
    ['readStatus', ['k', { robotCode: 7 }], 'readStatus: robotCode must be a string, not of type number'],
    ['readStatus', ['k', { signal: 'stop' }], 'readStatus: signal must be an AbortSignal'],
    ['recall', [undefined], 'recall: keys must be a non-empty string, or a list of non-empty strings, not undefined'],
    ['recall', [['k', undefined]], 'not a list with undefined at index 1'],
    ['send', [undefined], 'send must be an object, not undefined'],
    ['send', [{ text: 'x' }], 'send: to must be a non-empty string, or a list of non-empty strings, not undefined'],
    ['send', [{ to: ['a', 7], text: 'x' }], 'send: to must be a non-empty string, or a list of non-empty strings'],
    ['send', [{ to: [], text: 'x' }], 'send: to must name at least one user'],
    ['send', [{ to: 'a' }], 'send: give exactly one content: text, markdown, or msgKey with msgParam; none was given'],
    ['send', [{ to: 'a', text: 'x', markdown: { title: 't', text: 'y' } }], 'more than one was given'],
    ['send', [{ to: 'a', text: 'x', msgKey: 'sampleText', msgParam: {} }], 'more than one was given'],
    ['send', [{ to: 'a', text: 'x', msgParam: {} }], 'more than one was given'],
    ['send', [{ to: 'a', text: 7 }], 'send: text must be a string, not of type number'],
    ['send', [{ to: 'a', markdown: 'y' }], 'send: markdown must be an object with title and text, not of type string'],
    ['send', [{ to: 'a', markdown: { text: 'y' } }], 'send: markdown.title must be a string, not undefined'],
    ['send', [{ to: 'a', markdown: { title: 't', txt: 'y' } }], 'send: markdown: there is no txt. Did you mean text?'],
    ['send', [{ to: 'a', msgKey: 'sampleText' }], 'send: msgParam must be a string or an object, not undefined'],
    ['send', [{ to: 'a', msgParam: {} }], 'send: msgKey must be a string, not undefined'],
    ['send', [{ to: 'a', text: 'x', idempotencyKey: 7 }], 'send: idempotencyKey must be a string'],
    ['send', [{ to: 'a', text: 'x', sent: true }], 'send: sent must be a function'],
  ])('%s(%j)', async (name, args, sentence) => {
    const error = await rejection((async () => loose[name]?.(...args))());
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ message: expect.stringContaining(sentence) });
  });

  test.each([
    [undefined, {}, 'watch: processQueryKey must be a non-empty string, not undefined'],
    [['k', { processQueryKey: 7 }], {}, 'watch: processQueryKey must be'],
    [{ processQueryKey: 'k', sentAt: 'now' }, {}, 'watch: sentAt must be a number'],
    ['k', { interval: 5 }, 'watch: interval must be a function'],
    ['k', { window: Number.NaN }, 'watch: window must be a number'],
  ])('watch(%j, %j)', async (messages, options, sentence) => {
    const watched = client.watch(messages as string, options as object);
    const error = await rejection(watched.next());
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ message: expect.stringContaining(sentence) });
  });

  test.each([
    [{ endpoint: undefined }, /^createClient: endpoint must be an http or https URL .*; it is missing\.$/],
    [{ endpoint: 'nowhere' }, /^createClient: endpoint must be an http or https URL/],
    [{ endpoint: 'http://user:pass-word@host' }, /^createClient: endpoint must be(?!.*pass-word)/],
    [{ endpoint: 7 }, /^createClient: endpoint must be a non-empty string/],
    [{ token: 7 }, /^createClient: token must be a string or a function/],
    [{ appKey: 'a', appSecret: 's' }, /^createClient: give either token, or appKey and appSecret/],
    [{ fetch: 'fetch' }, /^createClient: fetch must be a function/],
    [{ idempotentSends: 'no' }, /^createClient: idempotentSends must be true or false/],
  ])('createClient(%j)', (options, sentence) => {
    const all = { endpoint: server.url, token: 'any', ...options } as unknown as Parameters<typeof createClient>[0];
    expect(() => createClient(all)).toThrow(sentence);
    expect(() => createClient(all)).toThrow(TypeError);
  });
});

test('a send to unknown users only rejects, and its result lists them', async () => {
  const { client } = await w.client();
  const to = Array.from({ length: 30 }, (_, i) => `stranger-${i}`);
  const error = await rejection(client.send({ to, text: 'hello' }));
  expect(error).toBeInstanceOf(SendError);
  expect(error).toMatchObject({ code: 'staffId.notExisted', result: { keys: [], invalid: to, failed: [] } });
});

describe('the time of a send', () => {
  test('is that of the emulator, independent of the clock of the program', async () => {
    const now = await w.freeze();
    await w.advance('40d');
    const client = createClient({
      endpoint: server.url,
      appKey: 'app-one',
      appSecret: 'secret-of-app-one',
      robotCode: 'robot-one',
    });
    const { messages } = await client.send({ to: 'alice', text: 'hello' });
    expect(messages[0]?.sentAt).toBe(now + 40 * 86_400_000);
  });

  test('follows the Date of a server whose clock differs, and the window is measured by that clock', async () => {
    const ahead = 3_600_000;
    let time = 1_700_000_000_000;
    const waits: number[] = [];
    const client = createClient({
      endpoint: server.url,
      token: 'any',
      robotCode: 'r',
      now: () => time,
      async wait(milliseconds) {
        waits.push(milliseconds);
        time += milliseconds;
      },
      fetch: async (url) => {
        const headers = { date: new Date(time + ahead).toUTCString() };
        if (url.endsWith('batchSend')) return Response.json({ processQueryKey: 'k' }, { headers });
        const isOver = waits.length > 3;
        const body = isOver
          ? { code: 'processQueryKey.expireTime', message: '' }
          : { sendStatus: 'SUCCESS', messageReadInfoList: [{ userId: 'a', name: 'A', readStatus: 'UNREAD' }] };
        return Response.json(body, { headers, status: isOver ? 400 : 200 });
      },
    });
    const { messages } = await client.send({ to: 'a', text: 'x' });
    expect(Math.abs((messages[0]?.sentAt ?? 0) - (time + ahead))).toBeLessThan(1000);
    const begun = time;
    for await (const change of client.watch(messages, { interval: () => 10 * 86_400_000 }))
      if (change.type === 'end') expect(change.reason).toBe('windowClosed');
    // The last request is two seconds before the window closes; the header has whole seconds.
    expect(Math.abs((waits[0] ?? 0) - (86_400_000 - 2000))).toBeLessThan(1000);
    expect(time).toBeGreaterThan(begun);
  });

  test('is that of the program if the clocks agree', async () => {
    const time = 1_700_000_000_345;
    const headers = { date: new Date(time).toUTCString() };
    const fetch = async () => Response.json({ processQueryKey: 'k' }, { headers });
    const client = createClient({ endpoint: server.url, token: 'any', robotCode: 'r', now: () => time, fetch });
    expect((await client.send({ to: 'a', text: 'x' })).messages[0]?.sentAt).toBe(time);
  });
});
