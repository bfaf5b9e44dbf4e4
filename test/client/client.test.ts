/** The client against a server, once as huizhi and once under the vendor's host name: only the endpoint differs. */
import { beforeEach, describe, expect, test } from 'vitest';
import { ApiError, SendError, type SentMessage } from '../../src/client/index.ts';
import { fileServer } from '../conformance/support/harness.ts';
import { crowd } from '../conformance/support/setup.ts';
import { rejection, setting, vendorEndpoint } from './setting.ts';

const server = await fileServer({ mayFail: true });
const w = setting(server);

beforeEach(async () => {
  await w.emulate('POST', 'reset');
});

describe.each([
  ['huizhi', server.url],
  ['the vendor', vendorEndpoint],
])('against %s', (_, endpoint) => {
  const isVendor = endpoint === vendorEndpoint;

  test('sends, reads receipts, and recalls', async () => {
    const { client } = await w.client({ endpoint });
    const sent = await client.send({ to: ['alice', 'bob'], text: 'hello' });
    const key = sent.keys[0] ?? '';
    expect(await client.readStatus(key)).toEqual({
      processQueryKey: key,
      status: 'SUCCESS',
      recipients: [
        { userId: 'alice', name: 'Name of alice', read: false },
        { userId: 'bob', name: 'Name of bob', read: false },
      ],
      left: 0,
    });
    const now = await w.freeze();
    await w.reads(key, 'bob');
    const { recipients } = await client.readStatus(key);
    expect(recipients[1]).toMatchObject({ read: true, readAt: Math.floor(now / 1000) * 1000 });
    expect(await client.recall([key, 'forged'])).toEqual({
      recalled: [key],
      failed: [{ processQueryKey: 'forged', code: 'invalid.processQueryKey' }],
    });
    expect((await client.readStatus(key)).status).toBe('RECALLED');
  });

  test('sends to any number of users, twenty at a time, to each user once', async () => {
    const { client, requests } = await w.client({ endpoint });
    const progress: number[] = [];
    const to = [...crowd, 'alice', 'nobody', ...crowd];
    const result = await client.send({ to, text: 'hello', progress: (done) => void progress.push(done) });
    const sends = requests.filter(({ url }) => url.endsWith('/batchSend'));
    const sizes = sends.map(({ body }) => (body as { userIds: string[] }).userIds.length);
    expect([sizes, progress.at(-1)]).toEqual([[20, 7], 27]);
    expect(result).toMatchObject({ invalid: ['nobody'], flowControlled: [], filtered: [], failed: [] });
    expect(result.messages.flatMap(({ userIds }) => userIds).toSorted()).toEqual([...crowd, 'alice'].toSorted());
    expect(new Set(result.keys).size).toBe(2);
    expect(sends.map(({ headers }) => headers.has('idempotency-key'))).toEqual([!isVendor, !isVendor]);
  });

  test('a part without any valid user is part of the result, not a failure', async () => {
    const { client } = await w.client({ endpoint });
    const strangers = Array.from({ length: 20 }, (_unused, i) => `stranger-${i}`);
    const result = await client.send({ to: [...strangers, 'alice'], text: 'hello' });
    expect(result).toMatchObject({ invalid: strangers, failed: [], keys: [expect.any(String)] });
  });

  test('reports which parts have failed, and whether they may have arrived', async () => {
    const { client } = await w.client({ endpoint, concurrency: 1, retries: 0 });
    await w.faults({ path: '/v1.0/robot/oToMessages/batchSend', nth: 2, times: 1, error: 'system.error' });
    const { keys, failed } = await client.send({ to: crowd, text: 'hello' });
    expect(keys).toHaveLength(1);
    expect(failed).toMatchObject([{ userIds: crowd.slice(20), outcome: 'unknown', error: { code: 'system.error' } }]);
    expect(failed[0]?.error.requestId).toMatch(/^[0-9A-F-]{36}$/);
  });

  test('a send that is refused permanently rejects with the code, and its other parts are not tried', async () => {
    const { client, paths } = await w.client({ endpoint, concurrency: 1 });
    const error = await rejection(client.send({ robotCode: 'nowhere', to: crowd, text: 'hello' }));
    expect(error).toBeInstanceOf(SendError);
    expect(error).toMatchObject({
      code: 'invalidParameter.robotCode.notExsit',
      requestId: expect.stringMatching(/^[0-9A-F-]{36}$/),
      result: { failed: [{ outcome: 'refused' }, { outcome: 'notTried' }] },
    });
    expect(paths().filter((path) => path.endsWith('/batchSend'))).toHaveLength(1);
  });

  test('reports each part when it is accepted, so that an aborted send leaves its keys', async () => {
    const giving = new AbortController();
    const { client } = await w.client({ endpoint, concurrency: 1 });
    const keys: string[] = [];
    const sent = ({ processQueryKey }: SentMessage) => {
      keys.push(processQueryKey);
      giving.abort(new Error('enough'));
    };
    const error = await rejection(client.send({ to: crowd, text: 'hello', signal: giving.signal, sent }));
    expect(error).toMatchObject({ message: 'enough' });
    expect(keys).toHaveLength(1);
    expect((await client.readStatus(keys[0] ?? '')).recipients).toHaveLength(20);
  });

  test('every kind of message can be sent', async () => {
    const { client, requests } = await w.client({ endpoint });
    await client.send({ to: 'alice', markdown: { title: '标题', text: '**正文**' } });
    await client.send({ to: 'alice', msgKey: 'sampleImageMsg', msgParam: { photoURL: 'https://example.com/a.png' } });
    expect(requests.slice(1).map(({ body }) => body)).toMatchObject([
      { msgKey: 'sampleMarkdown', msgParam: '{"title":"标题","text":"**正文**"}' },
      { msgKey: 'sampleImageMsg', msgParam: '{"photoURL":"https://example.com/a.png"}' },
    ]);
  });

  test('an error of the API has its code, status and request id', async () => {
    const { client } = await w.client({ endpoint, appKey: 'app-bare', appSecret: 'secret-of-app-bare' });
    const error = await rejection(client.readStatus('key', { robotCode: 'robot-bare' }));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      code: 'Forbidden.AccessDenied.AccessTokenPermissionDenied',
      status: 403,
      requestId: expect.stringMatching(/^[0-9A-F-]{36}$/),
      requiredScopes: ['qyapi_robot_sendmsg'],
    });
  });

  test('wrong credentials are reported as such', async () => {
    const { client } = await w.client({ endpoint, appSecret: 'wrong' });
    expect(await rejection(client.readStatus('key'))).toMatchObject({ code: 'invalidClientIdOrSecret', status: 400 });
  });

  test('a third-party app acts for the organization it names', async () => {
    const credentials = { appKey: 'suite', appSecret: 'secret-of-suite', corpId: 'corp-two' };
    const { client } = await w.client({ endpoint, ...credentials, robotCode: 'robot-suite' });
    expect((await client.send({ to: 'mallory', text: 'hello' })).keys).toHaveLength(1);
  });

  test('keys are recalled twenty at a time', async () => {
    const { client, requests } = await w.client({ endpoint });
    const { keys } = await client.send({ to: 'alice', text: 'hello' });
    const forged = Array.from({ length: 24 }, (_unused, i) => `forged-${i}`);
    const result = await client.recall([...keys, ...forged]);
    expect([result.recalled, result.failed.length]).toEqual([keys, 24]);
    const sizes = requests.slice(2).map(({ body }) => (body as { processQueryKeys: string[] }).processQueryKeys.length);
    expect(sizes).toEqual([20, 5]);
  });

  test('a recall rejects if none of its calls has succeeded', async () => {
    const { client } = await w.client({ endpoint });
    const error = await rejection(client.recall('key', { robotCode: 'nowhere' }));
    expect(error).toMatchObject({ code: 'invalidParameter.robotCode' });
  });
});

test('accepts both spellings of success, both units of time, and missing lists', async () => {
  const items = [
    { userId: 'a', name: 'A', readStatus: 'READ', readTimestamp: 1_778_481_700 },
    { userId: 'b', name: 'B', readStatus: 'READ', readTimestamp: 1_778_481_700_000 },
    { userId: 'c', name: 'C', readStatus: 'READ' },
  ];
  const bodies: unknown[] = [{ sendStatus: 'SUCESS', messageReadInfoList: items }, { sendStatus: 'SUCCESS' }];
  const { client } = await w.client({ token: 'any', fetch: async () => Response.json(bodies.shift()) });
  const { status, recipients } = await client.readStatus('key');
  expect([status, recipients.map(({ readAt }) => readAt)]).toEqual([
    'SUCCESS',
    [1_778_481_700_000, 1_778_481_700_000, undefined],
  ]);
  expect(await client.readStatus('key')).toMatchObject({ status: 'SUCCESS', recipients: [], left: 0 });
});

test('an answer to a send without lists means that every user gets it', async () => {
  const { client } = await w.client({ token: 'any', fetch: async () => Response.json({ processQueryKey: 'key' }) });
  expect(await client.send({ to: 'alice', text: 'hello' })).toMatchObject({
    messages: [{ processQueryKey: 'key', userIds: ['alice'] }],
    invalid: [],
    flowControlled: [],
    filtered: [],
  });
});

test('a key that is missing in the answer to a recall has failed', async () => {
  const { client } = await w.client({ token: 'any', fetch: async () => Response.json({ successResult: ['one'] }) });
  expect(await client.recall(['one', 'two'])).toEqual({
    recalled: ['one'],
    failed: [{ processQueryKey: 'two', code: 'unknown' }],
  });
});

test('users over the flow limit and users who have muted the robot are listed separately', async () => {
  const { client } = await w.client({
    token: 'any',
    fetch: async () =>
      Response.json({ processQueryKey: 'key', flowControlledStaffIdList: ['bob'], filteredStaffIdList: ['carol'] }),
  });
  expect(await client.send({ to: ['alice', 'bob', 'carol'], text: 'hello' })).toMatchObject({
    messages: [{ userIds: ['alice'] }],
    flowControlled: ['bob'],
    filtered: ['carol'],
  });
});
