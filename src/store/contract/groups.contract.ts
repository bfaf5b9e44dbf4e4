import { describe, expect, test } from 'vitest';
import type { NewConversation } from '../conversations/conversations.ts';
import { aGroup } from './conversations.contract.ts';
import { must, type Open, opened, start, type World, world } from './world.contract.ts';

const entry = { at: start, actor: 'token', action: 'group.change', target: 'cid', was: null, became: { title: 'x' } };

async function newConversation({ store, corpId, users }: World): Promise<NewConversation> {
  const id = await store.number('conversation');
  const names = { openId: `cid${corpId}-${id}==`, chatId: `chat${corpId}-${id}`, title: `群 ${id}` };
  const plain = { isGroup: true, ownerId: users.ann, templateId: null, icon: null, options: {}, createdAt: start };
  return { corpId, id, ...names, ...plain };
}

export function describeGroups(open: Open): void {
  describe('a group', () => {
    test('is created once for a claim, until the claim is old', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users, app } = scene;
      const create = async (code: string, createdAt = start) => {
        const conversation = { ...(await newConversation(scene)), createdAt };
        const group = { conversation, userIds: [users.ann], robotIds: [] };
        return store.groups.create(group, { appId: app.id, code, window: 1000 });
      };
      const first = await create('a');
      expect(await create('a', start + 999)).toBe(first);
      expect(await create('b')).not.toBe(first);
      const second = await create('a', start + 1000);
      expect(second).not.toBe(first);
      const atOnce = await Promise.all(Array.from({ length: 6 }, () => create('c')));
      expect(new Set(atOnce).size).toBe(1);
      expect(await store.groups.total(corpId)).toBe(4);
    });

    test('that cannot be stored leaves its claim free, and no audit entry', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users, app } = scene;
      const taken = await aGroup(scene);
      const claim = { appId: app.id, code: 'a', window: 1000 };
      const conversation = await newConversation(scene);
      const wrong = { conversation: { ...conversation, openId: taken.openId }, userIds: [], robotIds: [] };
      await expect(store.groups.create(wrong, claim, { ...entry, corpId })).rejects.toMatchObject({ reason: 'taken' });
      expect(await store.operator.totalOfAudit()).toBe(0);
      const group = {
        conversation,
        userIds: [users.ann, users.bob],
        robotIds: [scene.robot.id],
        adminIds: [users.bob],
      };
      expect(await store.groups.create(group, claim, { ...entry, corpId })).toBe(conversation.id);
      expect(await store.operator.totalOfAudit()).toBe(1);
      const members = await store.conversations.members(corpId, conversation.id, 0, 9);
      expect(members.map(({ code, isAdmin }) => [code, isAdmin])).toEqual([
        ['ann', false],
        ['bob', true],
      ]);
    });

    test('has at most one name of the configuration in its organization', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, foreigner } = scene;
      const conversation = await newConversation(scene);
      await store.groups.create({ conversation, userIds: [], robotIds: [], setupName: 'team' });
      expect(await store.groups.bySetupName(corpId, 'team')).toMatchObject({ id: conversation.id });
      expect(await store.groups.bySetupName(foreigner.corpId, 'team')).toBeUndefined();
      expect(await store.groups.bySetupName(corpId, 'other')).toBeUndefined();
    });

    test('is listed with the others of its organization only, without conversations of two people', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, foreigner } = scene;
      const ids = [];
      for (let i = 0; i < 4; i++) ids.push((await aGroup(scene)).id);
      await aGroup(scene, { isGroup: false, chatId: null });
      await store.conversations.disband(corpId, must(ids[1]), start);
      const page = async (after: number, limit: number) =>
        (await store.groups.page(corpId, after, limit)).map(({ id }) => id);
      expect(await page(0, 3)).toEqual(ids.slice(0, 3));
      expect(await page(must(ids[2]), 3)).toEqual(ids.slice(3));
      expect(await store.groups.total(corpId)).toBe(4);
      expect(await store.groups.page(foreigner.corpId, 0, 9)).toEqual([]);
    });

    test('of a robot is found after a number of others', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, robot, foreigner } = scene;
      const groups = [];
      for (let i = 0; i < 4; i++) groups.push(await aGroup(scene));
      await aGroup(scene, { isGroup: false, chatId: null });
      await store.conversations.disband(corpId, must(groups[1]).id, start);
      const openIds = [groups[0], groups[2], groups[3]].map((group) => must(group).openId);
      expect(await store.groups.ofRobot(corpId, robot.id, 0, 9)).toEqual(openIds);
      expect(await store.groups.ofRobot(corpId, robot.id, 1, 1)).toEqual([openIds[1]]);
      expect(await store.groups.ofRobot(foreigner.corpId, robot.id, 0, 9)).toEqual([]);
    });

    test('is changed with its audit entry, or not at all once it is disbanded', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users, robot, foreigner } = scene;
      const { id, openId } = await aGroup(scene, { ownerId: users.ann });
      const all = {
        change: { title: '新' },
        added: [users.dee, users.ann],
        removed: [users.bob],
        removedRobots: [robot.id],
      };
      const counted = { added: 1, removed: 1, addedRobots: 0, removedRobots: 1 };
      const describe = () => ({ ...entry, corpId });
      expect(await store.groups.update(corpId, id, { at: start, ...all }, describe)).toEqual(counted);
      expect(
        await store.groups.update(corpId, id, { at: start, addedRobots: [robot.id] }, () => undefined),
      ).toMatchObject({
        addedRobots: 1,
      });
      expect(await store.groups.update(foreigner.corpId, id, { at: start, ...all }, describe)).toBeUndefined();
      await store.groups.update(corpId, id, { at: start + 1, isDisbanded: true }, describe);
      expect(await store.operator.totalOfAudit()).toBe(2);
      const late = { at: start, change: { title: 'late' }, added: [users.eve] };
      expect(await store.groups.update(corpId, id, late, describe)).toBeUndefined();
      expect(await store.operator.totalOfAudit()).toBe(2);
      expect(await store.conversations.byOpenId(openId)).toMatchObject([{ title: '新', disbandedAt: start + 1 }]);
      const members = await store.conversations.members(corpId, id, 0, 9);
      expect(members.map(({ code }) => code)).toEqual(['ann', 'cho', 'dee']);
    });
  });
}
