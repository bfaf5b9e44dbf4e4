import { expect, test } from 'vitest';
import { fileServer } from '../support/harness.ts';
import { aesKey, answerPush, bothTypes, pushWorld, startPushReceiver, token } from '../support/push.ts';
import { ok } from '../support/world.ts';

const server = await fileServer();
const { old, ask, audit, read, suiteToken, tokenOf } = pushWorld(server);

const done = { errcode: 0, errmsg: 'ok', request_id: expect.any(String) };
const registration = (url: string, more: object = {}) => ({
  ...{ call_back_tag: bothTypes, token, aes_key: aesKey, url },
  ...more,
});

/** Removes the address of app-one after a test that needs none. */
const clear = async () => void (await old('GET', 'delete_call_back'));

test('an app registers, reads, changes and deletes its address, whose keys belong to the corpId', async () => {
  await clear();
  const receiver = await startPushReceiver('corp-one');
  expect((await old('GET', 'get_call_back')).body).toMatchObject({ errcode: 71007, errmsg: '回调地址已不存在' });
  expect(ok(await old('POST', 'register_call_back', registration(receiver.url)))).toEqual(done);
  expect(await receiver.nextEvent()).toEqual({ EventType: 'check_url' });
  const processQueryKey = await read();
  expect(await receiver.nextEvent()).toMatchObject({ EventType: 'robot_msg_read', ProcessQueryKey: processQueryKey });
  const other = await startPushReceiver('corp-one', { token: 'another-token' });
  const change = registration(other.url, {
    call_back_tag: 'robot_msg_recall,bpms_task_change',
    token: 'another-token',
  });
  expect(ok(await old('POST', 'update_call_back', change))).toEqual(done);
  expect(ok(await old('GET', 'get_call_back'))).toEqual({
    ...done,
    ...{ call_back_tag: ['bpms_task_change', 'robot_msg_recall'], token: 'another-token', aes_key: aesKey },
    url: other.url,
  });
  expect(ok(await ask('GET'))).toMatchObject({ url: other.url, ownerKey: 'corp-one' });
  expect(ok(await old('GET', 'delete_call_back'))).toEqual(done);
  expect((await old('GET', 'delete_call_back')).body).toMatchObject({ errcode: 71007 });
  const url = receiver.url;
  expect((await audit()).filter(({ actor }) => actor === 'app app-one')).toMatchObject([
    { action: 'app.push', target: 'app-one', before: { url: other.url }, after: null },
    { action: 'app.push', target: 'app-one', before: { url }, after: { url: other.url } },
    { action: 'app.push', target: 'app-one', before: null, after: { url, types: bothTypes } },
  ]);
});

test('the calls need an address, or none, and are those of internal apps', async () => {
  await clear();
  const receiver = await startPushReceiver('corp-one');
  const body = registration(receiver.url);
  expect((await old('POST', 'update_call_back', body)).body).toMatchObject({ errcode: 71007 });
  ok(await old('POST', 'register_call_back', body));
  expect((await old('POST', 'register_call_back', body)).body).toMatchObject({
    ...{ errcode: 71006, errmsg: '回调地址已经存在' },
  });
  const suite = await suiteToken('corp-one');
  for (const [method, name] of [
    ['POST', 'register_call_back'],
    ['POST', 'update_call_back'],
    ['GET', 'get_call_back'],
    ['GET', 'delete_call_back'],
    ['GET', 'get_call_back_failed_result'],
  ] as const)
    expect((await old(method, name, method === 'POST' ? body : undefined, suite)).body).toMatchObject({
      ...{ errcode: 88, sub_code: '60011' },
    });
  const next = await tokenOf('app-next');
  expect((await old('GET', 'get_call_back', undefined, next)).body).toMatchObject({ errcode: 71007 });
  const two = await tokenOf('app-two');
  expect((await old('GET', 'get_call_back', undefined, two)).body).toMatchObject({ errcode: 71007 });
});

const refused: readonly (readonly [what: string, more: object, errcode: number])[] = [
  ['no tags', { call_back_tag: undefined }, 40],
  ['no address', { url: undefined }, 40],
  ['tags that are no list', { call_back_tag: { a: 1 } }, 41],
  ['an empty list of tags', { call_back_tag: [] }, 71008],
  ['an unknown tag', { call_back_tag: ['robot_msg_read', 'unknown'] }, 71008],
  ['a token of 5 characters', { token: 'abcde' }, 71010],
  ['a token of 64 characters', { token: 'a'.repeat(64) }, 71010],
  ['a key of 42 characters', { aes_key: aesKey.slice(1) }, 71010],
  ['a key with another character', { aes_key: `${aesKey.slice(1)}+` }, 71010],
  ['an address that is no URL', { url: 'bot' }, 71011],
  ['another scheme', { url: 'ftp://example.com/' }, 71011],
  ['a password in the address', { url: 'http://a:b@example.com/' }, 71011],
  ['an address of 2,001 characters', { url: `http://example.com/${'a'.repeat(1982)}` }, 71011],
  ['a metadata service', { url: 'http://169.254.169.254/' }, 71013],
  ['a port where nobody listens', { url: 'http://127.0.0.1:1/' }, 71012],
];

test.each(refused)('register_call_back refuses %s', async (_, more, errcode) => {
  await clear();
  const receiver = await startPushReceiver('corp-one');
  expect((await old('POST', 'register_call_back', registration(receiver.url, more))).body).toMatchObject({ errcode });
  expect((await old('GET', 'get_call_back')).body).toMatchObject({ errcode: 71007 });
  expect(receiver.received).toEqual([]);
});

test('register_call_back names a wrong status, and refuses a wrong answer and another owner', async () => {
  await clear();
  const receiver = await startPushReceiver('corp-one');
  const register = async () => (await old('POST', 'register_call_back', registration(receiver.url))).body;
  receiver.react({ status: 404 });
  expect(await register()).toMatchObject({
    ...{ errcode: 71012, errmsg: 'url地址访问异常,错误原因为:http statusCode is:404' },
  });
  for (const answer of [
    { body: 'success' },
    answerPush(receiver.keys, 'no'),
    answerPush({ ...receiver.keys, ownerKey: 'x' }),
  ]) {
    receiver.react(answer);
    expect(await register()).toMatchObject({ errcode: 71009, errmsg: '返回文本非success' });
  }
  expect((await old('GET', 'get_call_back')).body).toMatchObject({ errcode: 71007 });
});
