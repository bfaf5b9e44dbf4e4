import { describe, expect, test } from 'vitest';
import type { NewConversation } from '../conversations/conversations.ts';
import type { Store } from '../store.ts';
import { aRobot, must, type Open, opened, start, type World, world } from './world.contract.ts';

/** Stores a group of an organization, without an event. By default its members are ann, bob and cho, and its robot is the world's. */
export async function aGroup(
  { store, corpId, robot, users }: World,
  given: Partial<NewConversation> & {
    readonly userIds?: readonly number[];
    readonly robotIds?: readonly number[];
  } = {},
): Promise<NewConversation> {
  const { userIds = [users.ann, users.bob, users.cho], robotIds = [robot.id], ...rest } = given;
  const conversation = await newGroup(store, corpId, rest);
  await store.conversations.create({ conversation, userIds, robotIds, isQuiet: true });
  return conversation;
}

/** Runs the verbs for conversations and their messages. */
export async function useGroups(scene: World): Promise<void> {
  const { store, corpId, users, robot, send } = scene;
  const { conversations } = store;
  const { id, openId, chatId } = await aGroup(scene);
  await conversations.byOpenId(openId);
  await conversations.byChatId(chatId ?? '');
  await conversations.hasRobot(corpId, id, robot.id);
  await conversations.robots(corpId, id);
  await conversations.change(corpId, id, { title: 'x' });
  await conversations.addMembers(corpId, id, [users.dee]);
  await conversations.setAdmins(corpId, id, [users.dee], true);
  await conversations.removeMembers(corpId, id, [users.dee], start);
  await conversations.members(corpId, id, 0, 20);
  await conversations.memberCount(corpId, id);
  await conversations.isMember(corpId, id, users.ann);
  await conversations.ofUser(corpId, users.ann, 0, 20);
  await conversations.ofRobot(corpId, robot.id, 0, 20);
  const { messageId } = await send({ conversationId: id, userCodes: [] });
  await store.deliverStep(corpId, messageId, start);
  await store.markRead(corpId, users.ann, [messageId], start);
  await aGroup(scene, { isGroup: false, chatId: null, userIds: [users.ann, users.bob] });
  await conversations.inboxList(corpId, users.ann);
  await store.blocks.muteConversation(corpId, users.ann, id, true, start);
  await conversations.readers(corpId, messageId, 0, 201);
  await conversations.counts(corpId, messageId);
  await conversations.nonReaders(corpId, messageId, 0, 20);
  await conversations.memberships(corpId, id, [0, 0], 20);
  await store.recipients(corpId, messageId);
  await store.inboxes.page({ corpId, userId: users.ann, before: 1000, robotId: 0, unread: false, limit: 20 });
  await store.operator.eventsSince(corpId, 3, 100);
  await store.recall(corpId, messageId, start);
  await store.deliverStep(corpId, messageId, start);
  await conversations.pruneMembers(corpId, 1, 100);
}

/** Returns a group of an organization that can be stored. */
export async function newGroup(
  store: Store,
  corpId: number,
  given: Partial<NewConversation> = {},
): Promise<NewConversation> {
  const id = await store.number('conversation');
  const names = { openId: `cid${corpId}/${id}==`, chatId: `chat${corpId}/${id}`, title: `群 ${id}` };
  const plain = { isGroup: true, ownerId: null, templateId: null, icon: null, options: {}, createdAt: start };
  return { corpId, id, ...names, ...plain, ...given };
}

const codes = (members: readonly { readonly code: string }[]) => members.map(({ code }) => code);

/** Reads the userIds of a conversation's members. */
const membersOf = async (store: Store, corpId: number, id: number) =>
  codes(await store.conversations.members(corpId, id, 0, 100_000));

export function describeConversations(open: Open): void {
  describe('a conversation', () => {
    test('is found by openConversationId and by chatId, with all its properties', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users } = scene;
      const options = { searchable: 1, 名: ['x'] };
      const given = { title: '项目 😀', ownerId: users.ann, templateId: 't-1', icon: '@icon', options };
      const group = await aGroup(scene, given);
      await aGroup(scene);
      const stored = { ...group, change: 1, disbandedAt: null };
      expect(await store.conversations.byOpenId(group.openId)).toEqual([stored]);
      expect(await store.conversations.byChatId(must(group.chatId))).toEqual([stored]);
      expect([...(await store.conversations.byNumber(corpId, [group.id, 999]))]).toEqual([[group.id, stored]]);
      expect(await store.conversations.byOpenId(group.openId.toUpperCase())).toEqual([]);
      expect(await store.conversations.byChatId('')).toEqual([]);
    });

    test('of two people has no chatId, and several of them do not conflict', async () => {
      const scene = await world((await opened(open)).store);
      const pairs = [await aGroup(scene, { isGroup: false, chatId: null }), await aGroup(scene, { chatId: null })];
      for (const { openId } of pairs) expect(await scene.store.conversations.byOpenId(openId)).toHaveLength(1);
    });

    test('cannot get the openConversationId or chatId of another one of the organization', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users } = scene;
      const first = await aGroup(scene);
      for (const taken of [{ openId: first.openId }, { chatId: first.chatId }]) {
        const conversation = await newGroup(store, corpId, taken);
        const founding = { conversation, userIds: [users.dee], robotIds: [] };
        await expect(store.conversations.create(founding)).rejects.toMatchObject({ reason: 'taken' });
      }
      expect(await store.conversations.ofUser(corpId, users.dee, 0, 9)).toEqual([]);
    });

    test('of another organization can have the same ids, and shares nothing with it', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users, foreigner } = scene;
      const group = await aGroup(scene);
      const ids = { openId: group.openId, chatId: group.chatId };
      const other = await newGroup(store, foreigner.corpId, { ...ids, id: group.id });
      const founding = { conversation: other, userIds: [foreigner.userId, users.ann], robotIds: [foreigner.robot.id] };
      await store.conversations.create(founding);
      const found = await store.conversations.byOpenId(group.openId);
      expect(found.map((one) => one.corpId)).toEqual([corpId, foreigner.corpId]);
      expect(await membersOf(store, foreigner.corpId, group.id)).toEqual(['stranger']);
      expect(await membersOf(store, corpId, group.id)).toEqual(['ann', 'bob', 'cho']);
      expect(await store.conversations.removeMembers(foreigner.corpId, group.id, [users.ann], start)).toBe(0);
      await store.conversations.disband(foreigner.corpId, group.id, start);
      expect(must((await store.conversations.byOpenId(group.openId))[0]).disbandedAt).toBeNull();
      expect(await store.conversations.robots(corpId, group.id)).toEqual([scene.robot.id]);
      expect(await store.conversations.hasRobot(foreigner.corpId, group.id, scene.robot.id)).toBe(false);
    });

    test('gets a new title, owner, icon and options, each alone', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users } = scene;
      const { id, openId } = await aGroup(scene, { ownerId: users.ann });
      for (const change of [{ title: '新' }, { ownerId: users.bob }, { icon: '@i' }, { options: { a: 1 } }]) {
        expect(await store.conversations.change(corpId, id, change)).toMatchObject(change);
      }
      const all = { title: '新', ownerId: users.bob, icon: '@i', options: { a: 1 } };
      expect(await store.conversations.byOpenId(openId)).toMatchObject([all]);
      expect(await store.conversations.change(corpId, 999, { title: 'x' })).toBeUndefined();
    });

    test('keeps its members when it is disbanded, but takes no further ones', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users, robot } = scene;
      const { id, openId } = await aGroup(scene);
      expect(await store.conversations.disband(corpId, id, start + 5)).toBe(true);
      expect(await store.conversations.disband(corpId, id, start + 6)).toBe(false);
      expect(await store.conversations.byOpenId(openId)).toMatchObject([{ disbandedAt: start + 5 }]);
      expect(await store.conversations.addMembers(corpId, id, [users.dee])).toBeUndefined();
      expect(await store.conversations.removeMembers(corpId, id, [users.ann], start)).toBeUndefined();
      expect(await membersOf(store, corpId, id)).toEqual(['ann', 'bob', 'cho']);
      expect(await store.conversations.ofUser(corpId, users.ann, 0, 9)).toEqual([]);
      expect(await store.conversations.ofRobot(corpId, robot.id, 0, 9)).toEqual([]);
    });
  });

  describe('members of a conversation', () => {
    test('are added and removed once each, and paged in the order of their numbers', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users } = scene;
      const { id } = await aGroup(scene, { userIds: [users.bob] });
      const { conversations } = store;
      expect(await conversations.addMembers(corpId, id, [users.eve, users.bob, users.ann, users.eve, 999])).toBe(2);
      expect(await membersOf(store, corpId, id)).toEqual(['ann', 'bob', 'eve']);
      const [first] = await conversations.members(corpId, id, 0, 1);
      expect(codes(await conversations.members(corpId, id, must(first).id, 9))).toEqual(['bob', 'eve']);
      expect(await conversations.removeMembers(corpId, id, [users.bob, users.cho, users.bob], start)).toBe(1);
      expect(await conversations.removeMembers(corpId, id, [users.bob], start)).toBe(0);
      expect(await conversations.addMembers(corpId, id, [users.bob])).toBe(1);
      expect(await conversations.memberCount(corpId, id)).toBe(3);
      expect(await conversations.isMember(corpId, id, users.bob)).toBe(true);
      expect(await conversations.isMember(corpId, id, users.cho)).toBe(false);
      expect(await conversations.addMembers(corpId, 999, [users.bob])).toBeUndefined();
    });

    test('who have left the organization are no members until they are back', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users } = scene;
      const { id } = await aGroup(scene);
      await store.removeUser(corpId, 'bob', start);
      expect(await membersOf(store, corpId, id)).toEqual(['ann', 'cho']);
      expect(await store.conversations.memberCount(corpId, id)).toBe(2);
      expect(await store.conversations.addMembers(corpId, id, [users.bob])).toBe(0);
      const entry = { corpId, at: start, actor: 'x', action: 'user.restore', target: 'bob', was: null, became: null };
      await store.operator.change([{ restored: { corpId, id: users.bob } }], entry);
      expect(await membersOf(store, corpId, id)).toEqual(['ann', 'bob', 'cho']);
    });

    test('have memberships that stay listed when they end, with their changes and times', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users, foreigner } = scene;
      const { id } = await aGroup(scene, { userIds: [users.ann, users.bob, users.cho] });
      const { conversations } = store;
      await conversations.removeMembers(corpId, id, [users.bob], start + 5);
      await conversations.addMembers(corpId, id, [users.bob, users.dee]);
      await store.removeUser(corpId, 'cho', start + 7);
      const all = await conversations.memberships(corpId, id, [0, 0], 9);
      expect(all.map(({ code, joined, leftIn, leftAt, isGone }) => [code, joined, leftIn, leftAt, isGone])).toEqual([
        ['ann', 1, null, null, false],
        ['bob', 1, 2, start + 5, false],
        ['bob', 3, null, null, false],
        ['cho', 1, null, start + 7, true],
        ['dee', 3, null, null, false],
      ]);
      const paged = [];
      for (let after: readonly [number, number] = [0, 0]; ; ) {
        const page = await conversations.memberships(corpId, id, after, 2);
        paged.push(...page);
        const last = page.at(-1);
        if (!last || page.length < 2) break;
        after = [last.id, last.joined];
      }
      expect(paged).toEqual(all);
      expect(await conversations.memberships(foreigner.corpId, id, [0, 0], 9)).toEqual([]);
    });

    test('are administrators if they are made so', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users } = scene;
      const { id } = await aGroup(scene);
      expect(await store.conversations.setAdmins(corpId, id, [users.ann, users.cho, users.eve], true)).toBe(2);
      expect(await store.conversations.setAdmins(corpId, id, [users.cho], false)).toBe(1);
      const members = await store.conversations.members(corpId, id, 0, 9);
      expect(members.map(({ code, isAdmin }) => [code, isAdmin])).toEqual([
        ['ann', true],
        ['bob', false],
        ['cho', false],
      ]);
    });

    test('can be twenty thousand', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId } = scene;
      const named = Array.from({ length: 20_000 }, (_, i) => ({ code: `u${i}`, name: `u${i}` }));
      for (let at = 0; at < named.length; at += 1000) await store.putUsers(corpId, named.slice(at, at + 1000));
      const all = (await store.usersPage(corpId, 'u', 20_000)).map(({ id }) => id);
      const { id } = await aGroup(scene, { userIds: all });
      expect(await store.conversations.memberCount(corpId, id)).toBe(20_000);
      expect(await store.conversations.removeMembers(corpId, id, all.slice(0, 15_000), start)).toBe(15_000);
      expect(await store.conversations.memberCount(corpId, id)).toBe(5_000);
    }, 120_000);

    test('that are added at the same time are each added once', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users } = scene;
      const { id } = await aGroup(scene, { userIds: [] });
      const both = [users.ann, users.bob];
      const added = await Promise.all(
        Array.from({ length: 8 }, () => store.conversations.addMembers(corpId, id, both)),
      );
      expect(added.reduce<number>((sum, count) => sum + must(count), 0)).toBe(2);
      expect(await membersOf(store, corpId, id)).toEqual(['ann', 'bob']);
    });
  });

  describe('the conversations of a user or robot', () => {
    test('are paged, without those that were left', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, app, users } = scene;
      const other = await aRobot(store, app, 'other');
      const groups = [];
      for (let i = 0; i < 5; i++) groups.push(await aGroup(scene, { robotIds: [other.id] }));
      const ids = groups.map(({ id }) => id);
      await store.conversations.removeMembers(corpId, must(ids[1]), [users.ann], start);
      expect(await store.conversations.removeRobot(corpId, must(ids[2]), other.id)).toBe(true);
      expect(await store.conversations.removeRobot(corpId, must(ids[2]), other.id)).toBe(false);
      expect(await store.conversations.addRobot(corpId, must(ids[3]), other.id)).toBe(false);
      const numbers = (found: readonly { readonly id: number }[]) => found.map(({ id }) => ids.indexOf(id));
      expect(numbers(await store.conversations.ofUser(corpId, users.ann, 0, 3))).toEqual([0, 2, 3]);
      expect(numbers(await store.conversations.ofUser(corpId, users.ann, must(ids[3]), 3))).toEqual([4]);
      expect(numbers(await store.conversations.ofRobot(corpId, other.id, 0, 9))).toEqual([0, 1, 3, 4]);
      expect(await store.conversations.ofUser(corpId, users.eve, 0, 9)).toEqual([]);
    });
  });
}
