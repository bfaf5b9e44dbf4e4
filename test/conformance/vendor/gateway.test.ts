import { expect, test } from 'vitest';
import { fileServer } from '../support/harness.ts';
import { hello, recallPath, refusal, sendPath, statusPath, tokenHeader, world } from '../support/world.ts';

const server = await fileServer({ qpsLimit: 2 });
const { call, emulate, freeze, advance, tokenOf, lastCause } = world(server);

const bad = {
  json: '{"robotCode":',
  key: 'not-a-key',
} as const;

/** Makes each call in a second of its own, so that nothing is throttled unless a test wants it. */
async function askInOwnSecond(
  method: string,
  path: string,
  token: string | undefined,
  body?: unknown,
  type = 'application/json',
) {
  await advance('1s');
  const headers = {
    ...(token === undefined ? {} : { [tokenHeader]: token }),
    ...(body === undefined ? {} : { 'content-type': type }),
  };
  return refusal(await call(method, path, { body, headers }));
}

const send = (token: string | undefined, body?: unknown, type?: string) =>
  askInOwnSecond('POST', sendPath, token, body, type);

async function throttle(token: string): Promise<void> {
  await freeze();
  await advance('1s');
  for (let i = 0; i < 2; i++) await call('POST', sendPath, { body: hello, headers: { [tokenHeader]: token } });
}

test('an unknown path is reported before a missing token', async () => {
  for (const path of [
    '/v1.0/robot/nothing',
    '/v2.0/robot/oToMessages/batchSend',
    `${sendPath}/`,
    sendPath.toLowerCase(),
    '/x',
  ]) {
    expect(await askInOwnSecond('POST', path, undefined, bad.json)).toEqual([404, 'InvalidAction.NotFound']);
  }
});

test('a wrong method is reported before a missing token', async () => {
  expect(await askInOwnSecond('GET', sendPath, undefined)).toEqual([404, 'InvalidAction.NotFound']);
  expect(await askInOwnSecond('POST', statusPath, undefined, bad.json)).toEqual([404, 'InvalidAction.NotFound']);
  expect(await askInOwnSecond('GET', recallPath, undefined)).toEqual([404, 'InvalidAction.NotFound']);
  expect(await askInOwnSecond('GET', '/v1.0/oauth2/accessToken', undefined)).toEqual([404, 'InvalidAction.NotFound']);
});

test('an unknown path is reported before a body that is too large or not UTF-8', async () => {
  expect(await askInOwnSecond('POST', '/v1.0/robot/nothing', undefined, ' '.repeat(1024 * 1024 + 1))).toEqual([
    404,
    'InvalidAction.NotFound',
  ]);
});

test('a missing token is reported before any error of the body', async () => {
  for (const body of [undefined, '', bad.json, '{}', ' '.repeat(1024 * 1024 + 1), '['.repeat(70)]) {
    expect(await send(undefined, body)).toEqual([400, 'AuthenticationFailed.MissingParameter']);
  }
});

test('a missing token is reported before bad parameters', async () => {
  expect(await askInOwnSecond('GET', statusPath, undefined)).toEqual([400, 'AuthenticationFailed.MissingParameter']);
});

test('an invalid token is reported before any error of the body', async () => {
  for (const body of [undefined, bad.json, '{}'])
    expect(await send('nonsense', body)).toEqual([400, 'InvalidAuthentication']);
});

test('an expired token is reported before a missing permission', async () => {
  await freeze();
  const token = await tokenOf('app-bare');
  await advance('3h');
  expect(await send(token, hello)).toEqual([400, 'InvalidAuthentication']);
});

test('a missing permission is reported before the rate limit', async () => {
  await freeze();
  const token = await tokenOf('app-bare');
  await advance('1s');
  for (let i = 0; i < 4; i++) {
    const reply = await call('POST', sendPath, { body: hello, headers: { [tokenHeader]: token } });
    expect(refusal(reply)).toEqual([403, 'Forbidden.AccessDenied.AccessTokenPermissionDenied']);
  }
});

test('a missing permission is reported before any error of the body', async () => {
  const token = await tokenOf('app-bare');
  for (const body of [undefined, bad.json, '{}', { ...hello, robotCode: 'nobody' }]) {
    expect(await send(token, body)).toEqual([403, 'Forbidden.AccessDenied.AccessTokenPermissionDenied']);
  }
});

test('a missing permission is reported before bad parameters', async () => {
  expect(await askInOwnSecond('GET', statusPath, await tokenOf('app-bare'))).toEqual([
    403,
    'Forbidden.AccessDenied.AccessTokenPermissionDenied',
  ]);
});

test('the rate limit is reported before any error of the body', async () => {
  for (const body of [undefined, bad.json, '{}', { ...hello, robotCode: 'nobody' }]) {
    const token = await tokenOf('app-one');
    await throttle(token);
    const reply = await call('POST', sendPath, { body, headers: { [tokenHeader]: token } });
    expect(refusal(reply)).toEqual([403, 'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi']);
  }
});

test('a missing body, or one of another content type, is reported before one that is not JSON', async () => {
  const token = await tokenOf('app-one');
  for (const body of [undefined, '', ' \n']) expect(await send(token, body)).toEqual([400, 'Missingbody']);
  expect(await send(token, bad.json, 'application/x-www-form-urlencoded')).toEqual([400, 'Missingbody']);
  expect(await send(token, JSON.stringify(hello), 'text/plain')).toEqual([400, 'Missingbody']);
});

test('a body that is not a JSON object is reported before its required fields', async () => {
  const token = await tokenOf('app-one');
  for (const body of [bad.json, '[]', '"text"', '7', 'null', 'true', '{}{}', "{'a':1}"]) {
    expect(await send(token, body)).toEqual([400, 'Invalidbody']);
  }
});

test('required fields are checked in order, for absent and null, before the values', async () => {
  const token = await tokenOf('app-one');
  const whole = { robotCode: '', userIds: [], msgKey: '', msgParam: '' };
  for (const [i, field] of Object.keys(whole).entries()) {
    const before = Object.fromEntries(Object.entries(whole).slice(0, i));
    expect(await send(token, before)).toEqual([400, `Missing${field}`]);
    expect(await send(token, { ...whole, [field]: null })).toEqual([400, `Missing${field}`]);
  }
  expect(await send(token, whole)).toEqual([400, 'invalidParameter.robotCode.empty']);
});

test('required fields of a recall are checked in order, before the values', async () => {
  const token = await tokenOf('app-one');
  const recall = (body: object) => askInOwnSecond('POST', recallPath, token, body);
  expect(await recall({})).toEqual([400, 'MissingrobotCode']);
  expect(await recall({ robotCode: 'nobody' })).toEqual([400, 'MissingprocessQueryKeys']);
  expect(await recall({ robotCode: 'nobody', processQueryKeys: [] })).toEqual([400, 'invalidParameter.robotCode']);
});

const removed = { ...hello, robotCode: 'robot-more' };
const stopped = { ...removed, msgKey: 'sampleMarkdown' };
const notJson = 'x'.repeat(15_001);
const tooLong = JSON.stringify({ other: 'x'.repeat(15_000) });

/** Sends with two errors of adjacent checks, and the error that is reported. */
const pairs: readonly (readonly [string, object, string])[] = [
  ['an empty robotCode before empty userIds', { robotCode: ' ', userIds: [] }, 'invalidParameter.robotCode.empty'],
  [
    'an unknown robot before empty userIds',
    { robotCode: 'nobody', userIds: [] },
    'invalidParameter.robotCode.notExsit',
  ],
  [
    'a robot installed nowhere before empty userIds',
    { robotCode: 'robot-away', userIds: [] },
    'invalidParameter.robotCode.invalid',
  ],
  [
    "another app's robot before empty userIds",
    { robotCode: 'robot-next', userIds: [] },
    'invalidParameter.robotCode.invalid',
  ],
  ['a disabled robot before empty userIds', { robotCode: 'robot-off', userIds: [] }, 'chatbotId.notAllow.sendOTO'],
  ['empty userIds before an empty msgKey', { userIds: [], msgKey: '' }, 'invalidParameter.userIds.empty'],
  ['21 userIds before members that are no text', { userIds: Array(21).fill(7) }, 'invalidParameter.userIds.overMax'],
  [
    '21 userIds before an empty msgKey',
    { userIds: Array(21).fill('alice'), msgKey: '' },
    'invalidParameter.userIds.overMax',
  ],
  ['userIds that are no text before an empty msgKey', { userIds: [7], msgKey: '' }, 'invalidParameter.param.invalid'],
  [
    'userIds that are no list before an empty msgKey',
    { userIds: 'alice', msgKey: '' },
    'invalidParameter.param.invalid',
  ],
  ['an empty msgKey before a bad msgParam', { msgKey: ' ', msgParam: 'x' }, 'invalidParameter.msgKey.empty'],
  [
    'an unknown msgKey before a bad msgParam',
    { msgKey: 'sampleNothing', msgParam: 'x' },
    'invalidParameter.msgKey.invalid',
  ],
  ['a removed template before a bad msgParam', { ...removed, msgParam: 'x' }, 'template.not.existed'],
  ['a stopped template before a bad msgParam', { ...stopped, msgParam: 'x' }, 'template.stopped'],
  ['msgParam that is no JSON before its length', { msgParam: notJson }, 'invalidParameter.msgParam.invalid'],
  ['the length of msgParam before a missing field', { msgParam: tooLong }, 'invalidParameter.msgParam.tooLong'],
  [
    'a missing field before users who do not exist',
    { msgParam: '{}', userIds: ['nobody'] },
    'miss.param.contentOfText',
  ],
  ['users who do not exist at last', { userIds: ['nobody'] }, 'staffId.notExisted'],
];

test.each(pairs)('a send tells %s', async (_, over, code) => {
  await emulate('PUT', 'templates', { robotCode: 'robot-more', msgKey: 'sampleText', state: 'removed' });
  await emulate('PUT', 'templates', { robotCode: 'robot-more', msgKey: 'sampleMarkdown', state: 'stopped' });
  expect(await send(await tokenOf('app-one'), { ...hello, ...over })).toEqual([400, code]);
});

test('a robot that is not installed is reported before one of another app, and that before a disabled one', async () => {
  const token = await tokenOf('app-one');
  await emulate('PUT', 'robots', { robotCode: 'robot-next', disabled: true });
  await send(token, { ...hello, robotCode: 'robot-two' });
  expect((await lastCause())?.why).toContain('not installed in organization corp-one');
  await send(token, { ...hello, robotCode: 'robot-next' });
  expect(await lastCause()).toEqual({
    code: 'invalidParameter.robotCode.invalid',
    why: 'robot robot-next belongs to app app-next, and the token to app app-one',
  });
});
