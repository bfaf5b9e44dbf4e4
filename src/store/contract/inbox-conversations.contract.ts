import { describe, expect, test } from 'vitest';
import { type InboxList, readInboxList } from '../conversations/inbox-list.ts';
import type { InboxQuery } from '../messages/inbox.ts';
import type { Send } from '../model.ts';
import { aGroup } from './conversations.contract.ts';
import { inboxOf, nameOf, type Open, opened, start, streamOf, type World, world } from './world.contract.ts';

async function scene(open: Open) {
  const opening = await opened(open);
  const there = await world(opening.store);
  const { store, corpId, users } = there;
  return {
    ...there,
    opening,
    /** Sends a message to a conversation and delivers it. Resolves with its number. */
    arriveIn: async (conversationId: number, given: Partial<Send> = {}) => {
      const { messageId } = await there.send({ conversationId, userCodes: [], ...given });
      while (!(await store.deliverStep(corpId, messageId, start)).isDone);
      return messageId;
    },
    listOf: async (userId: number = users.ann): Promise<InboxList> => store.conversations.inboxList(corpId, userId),
  };
}

const titles = ({ conversations }: InboxList) => [...conversations.values()].map(({ title }) => title).toSorted();
const newestOf = ({ newest }: InboxList) => newest.map(({ messageId }) => messageId);

async function pageOf({ store, corpId, users }: World, given: Partial<InboxQuery>) {
  const before = Number.MAX_SAFE_INTEGER;
  const query = { corpId, userId: users.ann, before, robotId: 0, unread: false, limit: 9, ...given };
  return (await store.inboxes.page(query)).map(({ messageId }) => messageId);
}

export function describeInboxConversations(open: Open): void {
  describe('the conversations of an inbox', () => {
    test('are those that the user is in, with their own unread counts and newest messages', async () => {
      const there = await scene(open);
      const { robot, users, arrive, arriveIn, listOf } = there;
      const full = await aGroup(there, { title: 'full' });
      await aGroup(there, { title: 'empty' });
      await aGroup(there, { title: 'foreign', userIds: [users.bob, users.cho] });
      const first = await arriveIn(full.id);
      const second = await arriveIn(full.id);
      const own = await arrive();
      const list = await listOf();
      expect(titles(list)).toEqual(['empty', 'full']);
      expect(list.sequence).toBe(3);
      expect(newestOf(list)).toEqual([own, second]);
      expect(list.unread.toSorted((a, b) => a.count - b.count)).toEqual([
        { robotId: robot.id, conversationId: null, count: 1 },
        { robotId: robot.id, conversationId: full.id, count: 2 },
      ]);
      expect(await pageOf(there, { conversationId: full.id })).toEqual([second, first]);
      expect(await pageOf(there, { conversationId: 0, robotId: robot.id })).toEqual([own]);
      expect(await pageOf(there, { conversationId: full.id, unread: true, limit: 1 })).toEqual([second]);
      expect(titles(await listOf(users.eve))).toEqual([]);
    });

    test('follow reads and recalls', async () => {
      const there = await scene(open);
      const { store, corpId, users, arriveIn, listOf } = there;
      const { id } = await aGroup(there);
      const [read, recalled] = [await arriveIn(id), await arriveIn(id)];
      await store.markRead(corpId, users.ann, [read], start + 1);
      expect((await listOf()).unread).toMatchObject([{ conversationId: id, count: 1 }]);
      await store.recall(corpId, recalled, start + 2);
      const list = await listOf();
      expect(list.unread).toEqual([]);
      expect(newestOf(list)).toEqual([read]);
    });

    test('stay listed with their messages after the user has left, or after they were disbanded', async () => {
      const there = await scene(open);
      const { store, corpId, users, arriveIn, listOf } = there;
      const [left, ended, silent] = [await aGroup(there), await aGroup(there), await aGroup(there)];
      for (const { id } of [left, ended]) await arriveIn(id);
      for (const { id } of [left, silent]) await store.conversations.removeMembers(corpId, id, [users.ann], start);
      await store.conversations.disband(corpId, ended.id, start + 5);
      const { conversations } = await listOf();
      expect([...conversations.keys()].toSorted((a, b) => a - b)).toEqual([left.id, ended.id]);
      expect(conversations.get(left.id)).toMatchObject({ isMember: false, disbandedAt: null });
      expect(conversations.get(ended.id)).toMatchObject({ isMember: true, disbandedAt: start + 5 });
    });

    test('of very many are those created last, and those with messages', async () => {
      const there = await scene(open);
      const { store, corpId, users, arriveIn } = there;
      const groups = [await aGroup(there), await aGroup(there), await aGroup(there), await aGroup(there)];
      const [first = 0, second = 0, third = 0, fourth = 0] = groups.map(({ id }) => id);
      for (const id of [first, second]) await arriveIn(id);
      await store.blocks.muteConversation(corpId, users.ann, first, true, start);
      await store.conversations.removeMembers(corpId, second, [users.ann], start);
      const { conversations } = await store.driver.snapshot(() => readInboxList(corpId, users.ann, 1));
      expect([...conversations.keys()].toSorted((a, b) => a - b)).toEqual([first, second, fourth]);
      expect(conversations.get(first)).toMatchObject({ isMember: true, muted: true });
      expect(conversations.get(second)).toMatchObject({ isMember: false });
      expect(conversations.has(third)).toBe(false);
    });

    test('of two people have the name of the other one, for each of them', async () => {
      const there = await scene(open);
      const { users, listOf } = there;
      const { id } = await aGroup(there, { isGroup: false, chatId: null, userIds: [users.ann, users.bob] });
      expect((await listOf(users.ann)).conversations.get(id)).toMatchObject({ isGroup: false, peers: [nameOf('bob')] });
      expect((await listOf(users.bob)).conversations.get(id)).toMatchObject({ peers: [nameOf('ann')] });
    });
  });

  describe('the mute of a conversation', () => {
    test('is the own one of a member, and an event of that stream alone, once', async () => {
      const there = await scene(open);
      const { store, corpId, users, arriveIn, listOf } = there;
      const { id, openId, title } = await aGroup(there);
      const mute = (muted: boolean, userId = users.ann) =>
        store.blocks.muteConversation(corpId, userId, id, muted, start);
      expect([await mute(true), await mute(true), await mute(true, users.eve)]).toEqual([true, false, false]);
      expect((await listOf()).conversations.get(id)).toMatchObject({ muted: true });
      expect((await listOf(users.bob)).conversations.get(id)).toMatchObject({ muted: false });
      await arriveIn(id);
      expect((await listOf()).unread).toMatchObject([{ count: 1 }]);
      expect(await mute(false)).toBe(true);
      const conversation = { id, openId, title, isGroup: true };
      const stream = await streamOf(store, corpId, users.ann);
      expect(stream).toMatchObject([
        { seq: 1, event: 'conversation', conversation, choice: { muted: true, blocked: false } },
        { seq: 2, event: 'message', conversation },
        { seq: 3, event: 'conversation', conversation, choice: { muted: false, blocked: false } },
      ]);
      expect(await streamOf(store, corpId, users.bob)).toHaveLength(1);
      expect(await inboxOf(store, corpId, users.ann)).toHaveLength(1);
    });

    test('is part of a dump, and ends when the member leaves', async () => {
      const there = await scene(open);
      const { store, corpId, users, listOf } = there;
      const { id } = await aGroup(there);
      await store.blocks.muteConversation(corpId, users.ann, id, true, start);
      await store.load(await store.dump());
      expect((await listOf()).conversations.get(id)).toMatchObject({ muted: true });
      await store.conversations.removeMembers(corpId, id, [users.ann], start);
      await store.conversations.addMembers(corpId, id, [users.ann]);
      expect((await listOf()).conversations.get(id)).toMatchObject({ muted: false, isMember: true });
    });
  });
}
