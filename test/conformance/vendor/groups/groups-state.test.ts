/** States of groups that no call of the vendor served here can cause. */
import { expect, test } from 'vitest';
import { groupPath, groupWorld } from '../../support/groups.ts';
import { type Inside, insideServer } from '../../support/inside.ts';
import { refusal } from '../../support/world.ts';

/** Finds a conversation and its users in the store. */
async function findGroup({ context }: Inside, openConversationId: string) {
  const [conversation] = await context.store.conversations.byOpenId(openConversationId);
  if (!conversation) throw new Error('no such conversation');
  const { corpId, id } = conversation;
  const numberOf = async (code: string) => (await context.store.findUsers(corpId, [code]))[0]?.id ?? 0;
  return { corpId, id, numberOf };
}

test('a disbanded group takes no messages; its earlier ones can be read, queried and recalled', async () => {
  const server = await insideServer();
  const w = groupWorld(server);
  const { openConversationId } = await w.group();
  const key = await w.sentTo(openConversationId);
  const { corpId, id } = await findGroup(server, openConversationId);
  await server.context.store.conversations.disband(corpId, id, server.context.clock.now());
  expect(refusal(await w.sendTo(openConversationId))).toEqual([400, 'group.disbanded']);
  expect(refusal(await w.sendTo(openConversationId, { robotCode: 'robot-off' }))).toEqual([400, 'group.disbanded']);
  await w.readBy(key, 'bob');
  expect((await w.readers(openConversationId, key)).readUserIds).toEqual(['bob']);
  expect(await w.recallFrom(openConversationId, [key])).toEqual({ successResult: [key], failedResult: {} });
});

test('who joins later does not get a message, and who leaves keeps it and can read it', async () => {
  const server = await insideServer();
  const w = groupWorld(server);
  const { openConversationId } = await w.group({ userIds: ['alice', 'bob'] });
  await w.emulate('PUT', 'delivery', { mode: 'hold' });
  const key = await w.sentTo(openConversationId);
  const { corpId, id, numberOf } = await findGroup(server, openConversationId);
  const { conversations } = server.context.store;
  await conversations.addMembers(corpId, id, [await numberOf('carol')]);
  await conversations.removeMembers(corpId, id, [await numberOf('alice')], server.context.clock.now());
  await w.emulate('POST', 'delivery/release');
  const [message] = (await w.inboxOf(await w.signIn('alice'))).messages;
  expect((await w.inboxOf(await w.signIn('carol'))).messages).toEqual([]);
  expect(await w.markRead(await w.signIn('alice'), String(message?.messageId))).toBe(1);
  expect((await w.readers(openConversationId, key)).readUserIds).toEqual(['alice']);
  await w.sentTo(openConversationId);
  expect((await w.inboxOf(await w.signIn('alice'))).messages).toHaveLength(1);
  expect((await w.inboxOf(await w.signIn('carol'))).messages).toHaveLength(1);
});

test('a robot that was removed from a group can no longer send, query and recall there', async () => {
  const server = await insideServer();
  const w = groupWorld(server);
  const { openConversationId } = await w.group();
  const key = await w.sentTo(openConversationId);
  const { corpId, id } = await findGroup(server, openConversationId);
  const robot = server.context.directory.now.robot('robot-one');
  await server.context.store.conversations.removeRobot(corpId, id, robot?.id ?? 0);
  const body = {
    openConversationId,
    processQueryKey: key,
    processQueryKeys: [key],
    msgKey: 'sampleText',
    msgParam: '{}',
  };
  for (const path of ['send', 'query', 'recall'])
    expect([path, refusal(await w.ask(`${groupPath}/${path}`, body))]).toEqual([path, [400, 'bot.stopped']]);
});

test('a recall in the middle of a delivery ends it, and nobody sees the message', { timeout: 60_000 }, async () => {
  const server = await insideServer();
  const { context } = server;
  const w = groupWorld(server);
  const corpId = context.directory.now.organization('corp-one')?.corpId ?? 0;
  const named = Array.from({ length: 1500 }, (_, i) => ({ code: `m${i}`, name: `M ${i}` }));
  await context.store.putUsers(corpId, named);
  const { openConversationId } = await w.group({ userIds: named.map(({ code }) => code) });
  // Other tests of the machine may delay the recall until the delivery has ended, so it is tried several times.
  let stopped = 0;
  for (let i = 0; i < 20 && stopped === 0; i++) {
    const key = await w.sentTo(openConversationId);
    expect(await w.recallFrom(openConversationId, [key])).toEqual({ successResult: [key], failedResult: {} });
    await context.deliverer.idle();
    expect((await w.readers(openConversationId, key)).sendStatus).toBe('RECALLED');
    const messageId = context.seal.openKey(key)?.messageId ?? 0;
    const { events } = await context.store.operator.eventsOfMessage(corpId, messageId, 0, 9999);
    if (!events.some(({ event }) => event === 'delivered')) stopped++;
    for (const { id } of (await context.store.usersPage(corpId, 'm', 1500)).filter((_, at) => at % 100 === 0)) {
      const stream = await context.store.inboxes.since(corpId, id, 0, 9999);
      const own = stream.filter((event) => event.messageId === messageId).map(({ event }) => event);
      expect([[], ['message', 'recall']]).toContainEqual(own);
      const unread = await context.store.inboxes.unreadByRobot(corpId, id);
      expect([...unread.values()]).toEqual([]);
    }
  }
  expect(stopped).toBe(1);
  expect(await context.store.pendingCount()).toBe(0);
});
