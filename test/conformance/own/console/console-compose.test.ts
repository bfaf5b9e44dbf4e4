import { beforeAll, expect, test } from 'vitest';
import type { ComposeAnswer, ComposeCheckAnswer } from '../../../../src/wire/own/compose.ts';
import { groupWorld } from '../../support/groups.ts';
import { fileServer } from '../../support/harness.ts';
import { operatorsOf } from '../../support/operators.ts';
import { crowd } from '../../support/setup.ts';
import { bearer, ok, refusal } from '../../support/world.ts';

const server = await fileServer();
const { call, group, inboxOf, receipt, signIn, tokenOf, emulate } = groupWorld(server);
const headers = bearer(server.adminToken);
const console = (method: string, path: string, body?: object, query: Readonly<Record<string, string>> = {}) =>
  call(method, `/console/v1${path}`, { headers, query, ...(body && { body }) });

const hello = {
  corpId: 'corp-one',
  robotCode: 'robot-one',
  msgKey: 'sampleText',
  msgParam: '{"content":"from the console"}',
};
let ids = 0;
/** Sends a message with an id of its own, unless one is given. */
const send = (body: object = {}) => {
  ids += 1;
  return console('POST', '/messages', { ...hello, sendId: `send ${ids}`, ...body });
};
const sent = async (body: object = {}) => ok(await send(body)) as ComposeAnswer;
const checked = async (body: object) => ok(await console('POST', '/messages/check', { ...hello, ...body }));
const detail = async (messageId: string) =>
  ok(await console('GET', `/messages/${messageId}`)) as {
    recipients: { userId: string }[];
    members: { memberCount: number } | null;
    robotCode: string;
    msgParam: string;
  };
const recipientsOf = async ({ messages }: ComposeAnswer) => {
  const all = await Promise.all(messages.map(({ messageId }) => detail(messageId)));
  return all.map(({ recipients }) => recipients.map(({ userId }) => userId));
};
const sends = async () => {
  const { entries } = ok(await console('GET', '/audit', undefined, { limit: '100' })) as {
    entries: { action: string; target: string; after: object }[];
  };
  return entries.filter(({ action }) => action === 'message.send');
};

beforeAll(async () => {
  for (const [deptId, parentId] of [
    [10, 1],
    [11, 10],
    [12, 1],
  ]) {
    ok(await console('POST', '/departments', { corpId: 'corp-one', deptId, name: `Department ${deptId}`, parentId }));
  }
  const put = (userId: string, deptId: number) =>
    console('PUT', `/users/${userId}`, { departments: [{ deptId }] }, { corpId: 'corp-one' });
  for (const userId of crowd) ok(await put(userId, 11));
  ok(await put('bob', 10));
});

test('an operator sends to users, who get it as from the robot, and the sender can query it', async () => {
  const answer = await sent({ userIds: ['alice', 'nobody', 'bob', 'alice'] });
  expect(answer).toMatchObject({ invalidUserIds: ['nobody'], flowControlledUserIds: [], filteredUserIds: [] });
  const [{ messageId, processQueryKey } = { messageId: '', processQueryKey: '' }] = answer.messages;
  expect(await recipientsOf(answer)).toEqual([['alice', 'bob']]);
  expect(await detail(messageId)).toMatchObject({ robotCode: 'robot-one', msgParam: hello.msgParam });
  const session = await signIn('alice');
  const { messages } = await inboxOf(session);
  expect(messages[0]).toMatchObject({ robotCode: 'robot-one', msgParam: hello.msgParam });
  await emulate('POST', 'reads', { processQueryKey, userIds: ['bob'] });
  const { messageReadInfoList } = await receipt(processQueryKey);
  expect(messageReadInfoList.map(({ userId, readStatus }) => [userId, readStatus])).toEqual([
    ['alice', 'UNREAD'],
    ['bob', 'READ'],
  ]);
  expect((await sends())[0]).toMatchObject({
    target: messageId,
    after: { robotCode: 'robot-one', msgKey: 'sampleText', recipientCount: 2 },
  });
});

test('departments get it with all departments below them, each user once, in messages of up to 20 users', async () => {
  const to = { deptIds: [10], userIds: ['u01', 'carol', 'nobody'] };
  expect(await checked(to)).toEqual({
    recipientCount: 27,
    messageCount: 2,
    invalidUserIds: ['nobody'],
  } satisfies ComposeCheckAnswer);
  const before = (await sends()).length;
  const answer = await sent(to);
  const lists = await recipientsOf(answer);
  expect(lists.map((list) => list.length)).toEqual([20, 7]);
  expect(lists.flat().toSorted()).toEqual([...crowd, 'bob', 'carol'].toSorted());
  const logged = (await sends()).slice(0, -before);
  expect(logged.map(({ target }) => target).toSorted()).toEqual(
    answer.messages.map(({ messageId }) => messageId).toSorted(),
  );
  expect(logged[0]?.after).toMatchObject({ deptIds: [10] });
  expect(refusal(await send({ deptIds: [10, 99] }))).toEqual([404, 'huizhi.notFound']);
  expect(refusal(await send({ deptIds: [12] }))).toEqual([400, 'staffId.notExisted']);
});

test('a repeated send with the same id returns the same messages, also at the same time', async () => {
  const body = { sendId: 'once', deptIds: [11] };
  const [one, two] = await Promise.all([sent(body), sent(body)]);
  expect(one.messages).toHaveLength(2);
  expect(two).toEqual(one);
  const before = (await sends()).length;
  expect(await sent(body)).toEqual(one);
  expect((await sends()).length).toBe(before);
  expect(refusal(await send({ ...body, msgParam: '{"content":"another"}' }))).toEqual([
    409,
    'huizhi.idempotencyMismatch',
  ]);
  expect(refusal(await send({ ...body, deptIds: [10] }))).toEqual([409, 'huizhi.idempotencyMismatch']);
});

test('the id of another operator sends a message of its own, and returns nothing of the other', async () => {
  const { enter } = operatorsOf(server);
  const grant = { role: 'sender', corpId: 'corp-one' } as const;
  const operators = [await enter(grant), await enter(grant)];
  const { openConversationId } = await group({ title: 'Two senders' });
  for (const to of [{ userIds: ['alice'] }, { openConversationId }]) {
    const body = { ...hello, ...to, sendId: `same ${Object.keys(to)[0]}` };
    const ids: unknown[] = [];
    for (const { call: ask } of operators) {
      const answer = ok(await ask('POST', 'messages', { body })) as ComposeAnswer;
      expect(ok(await ask('POST', 'messages', { body }))).toEqual(answer);
      ids.push(answer.messages[0]?.messageId);
    }
    expect(ids[0]).not.toBe(ids[1]);
  }
});

test('a repeated send reaches a new member of a department, and nobody twice', async () => {
  const body = { sendId: 'grown', deptIds: [11] };
  const first = await sent(body);
  const departments = [{ deptId: 11 }];
  // The user has an earlier number than those of the department, so every list of 20 would shift by one.
  ok(await console('PUT', '/users/carol', { departments }, { corpId: 'corp-one' }));
  const again = await sent(body);
  expect(again.messages.slice(0, 2)).toEqual(first.messages);
  const lists = await recipientsOf(again);
  expect(lists[2]).toEqual(['carol']);
  expect(new Set(lists.flat()).size).toBe(lists.flat().length);
  ok(await console('PUT', '/users/carol', { departments: [] }, { corpId: 'corp-one' }));
});

test('a group gets one message, once for an id', async () => {
  const { openConversationId } = await group({ title: 'Console' });
  const body = { openConversationId, sendId: 'to a group' };
  expect(await checked({ openConversationId })).toEqual({ recipientCount: null, messageCount: 1, invalidUserIds: [] });
  const answer = await sent(body);
  expect(await sent(body)).toEqual(answer);
  expect(answer.messages).toHaveLength(1);
  expect((await detail(String(answer.messages[0]?.messageId))).members).toMatchObject({ memberCount: 3 });
  expect((await sends())[0]?.after).toEqual({ robotCode: 'robot-one', msgKey: 'sampleText', openConversationId });
  const elsewhere = { openConversationId, robotCode: 'robot-more' };
  for (const path of ['/messages/check', '/messages']) {
    const id = path === '/messages' && { sendId: 'elsewhere' };
    expect(refusal(await console('POST', path, { ...hello, ...elsewhere, ...id }))).toEqual([400, 'bot.stopped']);
  }
  expect(refusal(await send({ openConversationId, userIds: ['alice'] }))).toEqual([400, 'huizhi.badRequest']);
});

const refused: readonly (readonly [what: string, body: object, status: number, code: string])[] = [
  ['an unknown organization', { corpId: 'corp-none' }, 404, 'huizhi.notFound'],
  ['an unknown robot', { robotCode: 'robot-none' }, 400, 'invalidParameter.robotCode.notExsit'],
  ['a robot of another organization', { robotCode: 'robot-two' }, 400, 'invalidParameter.robotCode.invalid'],
  ['a disabled robot', { robotCode: 'robot-off' }, 400, 'chatbotId.notAllow.sendOTO'],
  ['no recipients', { userIds: [] }, 400, 'invalidParameter.userIds.empty'],
  ['nobody who exists', { userIds: ['nobody'] }, 400, 'staffId.notExisted'],
  ['an unknown kind', { msgKey: 'sampleNothing' }, 400, 'invalidParameter.msgKey.invalid'],
  ['no content', { msgParam: '{}' }, 400, 'miss.param.contentOfText'],
  ['content that is no JSON', { msgParam: '{' }, 400, 'invalidParameter.msgParam.invalid'],
  ['too many userIds', { userIds: Array.from({ length: 1001 }, (_, i) => `n${i}`) }, 400, 'huizhi.badRequest'],
  ['an unknown member', { text: 'hello' }, 400, 'huizhi.badRequest'],
];

test.for(refused)('a send and its check refuse %s with the same error', async ([, body, status, code]) => {
  const before = (await sends()).length;
  expect(refusal(await send({ userIds: ['alice'], ...body }))).toEqual([status, code]);
  const check = await console('POST', '/messages/check', { ...hello, userIds: ['alice'], ...body });
  expect(refusal(check)).toEqual([status, code]);
  expect((await sends()).length).toBe(before);
});

test('no message leaves as a robot whose app the organization does not authorize any more', async () => {
  const authorize = async (authorized: boolean) =>
    ok(await console('PUT', '/apps/suite/authorizations/corp-one', { authorized }));
  const admin = { headers, query: { corpId: 'corp-one' } };
  const { openConversationId } = await group();
  const path = `/console/v1/groups/${encodeURIComponent(openConversationId)}/robots/robot-suite`;
  ok(await call('PUT', path, { ...admin, body: { installed: true } }));
  const ways = [{ userIds: ['alice'] }, { openConversationId }].map((to) => ({ robotCode: 'robot-suite', ...to }));
  for (const body of ways) await sent(body);
  await authorize(false);
  const before = (await sends()).length;
  for (const body of ways) {
    const code = 'invalidParameter.robotCode.invalid';
    expect(refusal(await send(body))).toEqual([400, code]);
    expect(refusal(await console('POST', '/messages/check', { ...hello, ...body }))).toEqual([400, code]);
  }
  expect((await sends()).length).toBe(before);
  await authorize(true);
  for (const body of ways) await sent(body);
});

test('more users than the limit are refused, and nobody gets anything', async () => {
  ok(await console('POST', '/departments', { corpId: 'corp-two', deptId: 20, name: 'Many' }));
  const lines = Array.from({ length: 1001 }, (_, i) => `many${i},Many ${i},20`);
  const csv = `userId,name,departments\n${lines.join('\n')}`;
  ok(await console('POST', '/users/import', { corpId: 'corp-two', csv, dryRun: false }));
  const body = { corpId: 'corp-two', robotCode: 'robot-two', deptIds: [20] };
  const reply = await send(body);
  expect(refusal(reply)).toEqual([400, 'huizhi.badRequest']);
  expect(reply.text).toContain('1001 users, and at most 1000');
  expect(refusal(await send({ ...body, userIds: ['mallory'], deptIds: [1] }))).toEqual([400, 'huizhi.badRequest']);
});

test('a send needs the right of an operator, and no permission of the app', async () => {
  expect(refusal(await call('POST', '/console/v1/messages', { body: hello }))).toEqual([401, 'huizhi.unauthorized']);
  const bearerOfApp = bearer(await tokenOf());
  const reply = await call('POST', '/console/v1/messages', { body: hello, headers: bearerOfApp });
  expect(refusal(reply)).toEqual([401, 'huizhi.unauthorized']);
  expect((await sent({ robotCode: 'robot-bare', userIds: ['alice'] })).messages).toHaveLength(1);
});

test('the emulator shows the secret with which an app was started, until it is rotated', async () => {
  const secretOf = async (appKey: string) => ok(await console('GET', `/apps/${appKey}/secret`)).appSecret;
  expect(await secretOf('app-next')).toBe('secret-of-app-next');
  ok(await console('POST', '/apps/app-next/rotate', {}));
  expect(await secretOf('app-next')).toBeNull();
  ok(await console('POST', '/apps', { appKey: 'app-new', kind: 'internal', corpId: 'corp-one' }));
  expect(await secretOf('app-new')).toBeNull();
  expect(refusal(await console('GET', '/apps/app-none/secret'))).toEqual([404, 'huizhi.notFound']);
  expect(refusal(await call('GET', '/console/v1/apps/app-next/secret'))).toEqual([401, 'huizhi.unauthorized']);
});

test('the secret of a third-party app is not shown to an operator of one of its organizations', async () => {
  const operator = await operatorsOf(server).enter({ role: 'operator', corpId: 'corp-one' });
  expect(refusal(await operator.call('GET', 'apps/suite/secret'))).toEqual([403, 'huizhi.forbidden']);
  expect(ok(await operator.call('GET', 'apps/app-one/secret'))).toEqual({ appSecret: 'secret-of-app-one' });
});
