import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../../src/store/open.ts';
import { emptyFolder } from '../support/child.ts';
import { dingWorld, readListOf } from '../support/dings.ts';
import { startServer, testServer } from '../support/harness.ts';
import { ok, refusal, world } from '../support/world.ts';

const openConversationId = 'cidL9xTq1yVd0kz8mR4pWcBvg==';
const disbanded = 'cidM0yUr2zWe1la9nS5qXdCwh==';
const foreign = 'cidN1zVs3aXf2mb0oT6rYeDxi==';

/** A server with a conversation of alice, bob and robot-one, a disbanded one, and one of organization two. */
async function conversations() {
  const database = join(emptyFolder(), 'huizhi.db');
  await (await startServer({ database })).stop();
  const store = await openStore(database);
  const directory = await store.directory();
  const create = async (corpCode: string, openId: string, robotCode: string, codes: readonly string[]) => {
    const corpId = directory.organization(corpCode)?.corpId ?? 0;
    const users = await store.findUsers(corpId, codes);
    const id = await store.number('conversation');
    const plain = { chatId: null, isGroup: true, title: 'Group', ownerId: null, templateId: null, icon: null };
    const conversation = { corpId, id, openId, ...plain, options: {}, createdAt: 0 };
    const robotIds = [directory.robot(robotCode)?.id ?? 0];
    await store.conversations.create({ conversation, userIds: users.map((user) => user.id), robotIds });
    return { corpId, id };
  };
  await create('corp-one', openConversationId, 'robot-one', ['alice', 'bob']);
  const { corpId, id } = await create('corp-one', disbanded, 'robot-one', ['alice']);
  await store.conversations.disband(corpId, id, 1);
  await create('corp-two', foreign, 'robot-two', ['alice', 'mallory']);
  await store.close();
  return dingWorld(world(await testServer({ database })));
}

const body = {
  robotCode: 'robot-one',
  openConversationId,
  dingTemplateId: 'alarm',
  contentParams: { title: 'Disk full', host: 'db-1' },
  receiverUserIdList: ['alice', 'carol', 'nobody'],
};

test('a DING reaches the members of a conversation, with the values of its template', async () => {
  const { ask, open, signIn, statuses, recallDing } = await conversations();
  const { dingSendResultId } = ok(await ask('dingMessages/send', body));
  expect((await open(await signIn('alice'))).dings[0]).toMatchObject({ content: 'Disk full\ndb-1', channel: 'app' });
  expect((await open(await signIn('carol'))).dings).toEqual([]);
  expect(readListOf(ok(await statuses(dingSendResultId)))).toEqual([{ userId: 'alice', readStatus: 'UNREAD' }]);
  ok(await recallDing(dingSendResultId));
});

test('each refused DING names its reason, and nothing is sent', async () => {
  const { ask, open, signIn, outbox } = await conversations();
  const attempts: readonly (readonly [change: object, code: string])[] = [
    [{ openConversationId: 'cid0' }, 'invalidParameter.param.invalid'],
    [{ openConversationId: foreign }, 'invalidParameter.param.invalid'],
    [{ openConversationId: disbanded }, 'send.ding.exception'],
    [{ robotCode: 'robot-more' }, 'send.ding.exception'],
    [{ robotCode: 'robot-off' }, 'send.ding.exception'],
    [{ robotCode: 'robot-next' }, 'invalid.chatbotId'],
    [{ receiverUserIdList: ['carol'] }, 'miss.staffId'],
    [{ receiverUserIdList: [] }, 'miss.staffId'],
    [{ receiverUserIdList: Array(201).fill('alice') }, 'ding.receivercount.limit'],
    [{ contentParams: {} }, 'invalidParameter.param.invalid'],
    [{ contentParams: { a: 1 } }, 'invalidParameter.param.invalid'],
    [{ contentParams: { a: ' ' } }, 'invalidParameter.param.invalid'],
    [{ dingTemplateId: ' ' }, 'invalidParameter.param.invalid'],
    [{ contentParams: null }, 'MissingcontentParams'],
    [{ dingTemplateId: null }, 'MissingdingTemplateId'],
    [{ openConversationId: null }, 'MissingopenConversationId'],
  ];
  for (const [change, code] of attempts) {
    expect([change, ...refusal(await ask('dingMessages/send', { ...body, ...change }))]).toEqual([change, 400, code]);
  }
  expect((await open(await signIn('alice'))).dings).toEqual([]);
  expect((await outbox({})).deliveries).toEqual([]);
});

test('an idempotency-key of this call is another one than that of a DING to users', async () => {
  const { ask, ding, outbox } = await conversations();
  const once = { 'idempotency-key': 'once' };
  const first = await ask('dingMessages/send', body, undefined, once);
  expect((await ask('dingMessages/send', body, undefined, once)).text).toBe(first.text);
  ok(await ding({}, undefined, once));
  expect((await outbox({})).deliveries).toHaveLength(2);
});
