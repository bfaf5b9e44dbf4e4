import { describe, expect, test } from 'vitest';
import type { Walk } from '../console/message-list.ts';
import type { CustomRobot } from '../custom-robots/custom-robots.ts';
import type { Send } from '../model.ts';
import { aGroup } from './conversations.contract.ts';
import { day, minute, must, type Open, opened, start, type World, world } from './world.contract.ts';

/** Returns a hash of a token: 64 hexadecimal digits. */
const hashOf = (digit: string) => digit.repeat(64);

/** Creates a custom robot in a conversation. */
export async function aCustomRobot(
  { store, corpId }: Pick<World, 'store' | 'corpId'>,
  conversationId: number,
  given: Partial<CustomRobot> = {},
): Promise<CustomRobot> {
  const robot: CustomRobot = {
    ...{ corpId, id: await store.number('robot'), code: 'webhook', name: 'Webhook', conversationId },
    ...{ tokenHash: hashOf('a'), token: 'encrypted token', secret: 'encrypted secret' },
    ...{ keywords: ['k'], addresses: ['10.0.0.0/8'], disabled: false, action: '1' },
    outgoing: { url: 'https://example.com', token: null },
    ...{ createdAt: start, deletedAt: null },
    ...given,
  };
  await store.customRobots.create(robot);
  return robot;
}

const block = 10 * minute;
const webhookLimit = { perMinute: 3, block };

/** A group with a custom robot, and a way to send through it. */
async function webhookScene(open: Open) {
  const scene = await world((await opened(open)).store);
  const group = await aGroup(scene);
  const custom = await aCustomRobot(scene, group.id);
  const { store, sending, robot } = scene;
  const sender = { ...robot, id: custom.id, code: custom.code, appId: 0 };
  const base = { conversationId: group.id, userCodes: [], robot: sender, appId: 0, kind: 40, webhookLimit };
  return {
    ...scene,
    group,
    custom,
    /** Sends through the webhook. Resolves with whether the message was accepted. */
    post: async (sentAt: number, given: Partial<Send> = {}) =>
      (await store.accept(sending({ ...base, sentAt, ...given }))) !== undefined,
    webhook: async () => must(await store.customRobots.byToken(hashOf('a'))),
  };
}

/** Sends through a custom robot, and reads and changes it. */
export async function useCustomRobots(scene: World): Promise<void> {
  const { store, corpId, users, robot, send } = scene;
  const { id: conversationId } = await aGroup(scene);
  const { id, code, tokenHash } = await aCustomRobot(scene, conversationId);
  const { customRobots } = store;
  await customRobots.byToken(tokenHash ?? '');
  await store.conversations.membersAmong(corpId, conversationId, [users.ann]);
  const webhookLimit = { perMinute: 9, block: 1 };
  await send({
    robot: { ...robot, id, code, appId: 0 },
    appId: 0,
    kind: 40,
    conversationId,
    userCodes: [],
    webhookLimit,
  });
  await customRobots.byCode(corpId, code);
  await customRobots.page(corpId, undefined, 0, 20);
  await customRobots.page(corpId, conversationId, 0, 20);
  await customRobots.change(corpId, id, { tokenHash: null, token: null, deletedAt: start });
  await customRobots.prune(corpId, start + 1, 4);
}

/** Inserts custom robots of 20 organizations, so many that a plan without an index would be slow. */
export const insertCustomRobots = `
    insert into custom_robots (corp_id, id, code, name, conversation_id, token_hash, keywords, addresses, disabled, created_at)
      select 100 + n % 20, 9000 + n, 'w' || n, 'W', 1, 'h' || n, '[]', '[]', 0, 0 from generate_series(1, 5000) n;
    insert into custom_robot_rates (corp_id, robot_id, started_at, sent, blocked_until)
      select 100 + n % 20, 9000 + n, 0, 0, 0 from generate_series(1, 5000) n;`;

export function describeCustomRobots(open: Open): void {
  describe('custom robots', () => {
    test('a custom robot is found by the hash of its token, with its group and state', async () => {
      const { store, corpId, group, custom, webhook } = await webhookScene(open);
      const { openId: openConversationId } = group;
      expect(await webhook()).toEqual({ robot: custom, openConversationId, isDisbanded: false, blockedUntil: 0 });
      expect(await store.customRobots.byToken(hashOf('b'))).toBeUndefined();
      await store.conversations.disband(corpId, group.id, start);
      expect(await webhook()).toMatchObject({ isDisbanded: true });
    });

    test('another organization finds it neither by code nor in its list', async () => {
      const { store, corpId, custom, foreigner } = await webhookScene(open);
      const { byCode, page } = store.customRobots;
      expect(await byCode(corpId, custom.code)).toEqual(custom);
      expect(await byCode(foreigner.corpId, custom.code)).toBeUndefined();
      expect([await page(corpId, undefined, 0, 9), await page(foreigner.corpId, undefined, 0, 9)]).toEqual([
        [custom],
        [],
      ]);
      const { now } = { now: await store.directory() };
      expect(now.customRobot(corpId, custom.code)).toMatchObject({ id: custom.id, name: 'Webhook', appId: 0 });
      expect(now.customRobot(foreigner.corpId, custom.code)).toBeUndefined();
      expect([now.robotOf(custom.id)?.code, now.robot(custom.code), now.customRobots().length]).toEqual([
        'webhook',
        undefined,
        1,
      ]);
    });

    test('a code or token that is in use is refused, and changes nothing', async () => {
      const scene = await webhookScene(open);
      const { store, corpId, group, custom } = scene;
      const other = { code: 'other', tokenHash: hashOf('b') };
      await expect(aCustomRobot(scene, group.id, { ...other, code: 'webhook' })).rejects.toMatchObject({
        reason: 'taken',
      });
      await expect(aCustomRobot(scene, group.id, { ...other, tokenHash: hashOf('a') })).rejects.toMatchObject({
        reason: 'taken',
      });
      const second = await aCustomRobot(scene, group.id, other);
      const stolen = store.customRobots.change(corpId, second.id, { name: 'x', tokenHash: hashOf('a') });
      await expect(stolen).rejects.toMatchObject({ reason: 'taken' });
      expect(await store.customRobots.page(corpId, undefined, 0, 9)).toEqual([custom, second]);
      expect(await store.customRobots.page(corpId, undefined, custom.id, 1)).toEqual([second]);
    });

    test('the custom robots of one group are listed without those of others and deleted ones', async () => {
      const scene = await webhookScene(open);
      const { store, corpId, group, custom, foreigner } = scene;
      const other = await aGroup(scene);
      const elsewhere = await aCustomRobot(scene, other.id, { code: 'elsewhere', tokenHash: hashOf('b') });
      const second = await aCustomRobot(scene, group.id, { code: 'second', tokenHash: hashOf('c') });
      const { change, page } = store.customRobots;
      expect(await page(corpId, group.id, 0, 9)).toEqual([custom, second]);
      expect(await page(corpId, group.id, custom.id, 1)).toEqual([second]);
      expect(await page(corpId, other.id, 0, 9)).toEqual([elsewhere]);
      expect(await page(foreigner.corpId, group.id, 0, 9)).toEqual([]);
      await change(corpId, custom.id, { tokenHash: null, token: null, deletedAt: start });
      expect(await page(corpId, group.id, 0, 9)).toEqual([second]);
    });

    test('the messages of custom robots are listed and counted apart from those of robots', async () => {
      const { store, corpId, group, post, send, foreigner } = await webhookScene(open);
      for (const at of [0, 5, 5]) expect(await post(start + at)).toBe(true);
      await send({ conversationId: group.id, userCodes: [], sentAt: start + 1 });
      const walk = { along: 'sender', corpId, sender: 'customRobot' } as const;
      const listed = async (from: number, before = start + 9, of: Walk = walk) =>
        (await store.operator.messagesBefore(of, [before, 0], from, 9)).map(({ sentAt, sender }) => [
          sentAt - start,
          sender,
        ]);
      const [late, early] = [5, 0].map((at) => [at, 'customRobot']);
      expect(await listed(0)).toEqual([late, late, early]);
      expect(await listed(start + 1)).toEqual([late, late]);
      expect(await listed(0, start + 5)).toEqual([early]);
      expect(await store.operator.totalOfWalk(walk, start, start + 5)).toBe(1);
      expect(await listed(0, start + 9, { ...walk, corpId: foreigner.corpId })).toEqual([]);
      expect(await listed(0, start + 9, { ...walk, sender: 'notice' })).toEqual([]);
    });

    test('a change raises the version of the directory; a deleted robot changes no more, and keeps its name', async () => {
      const { store, corpId, custom, foreigner } = await webhookScene(open);
      const before = (await store.directory()).version;
      const { change, byToken, page } = store.customRobots;
      expect(await change(foreigner.corpId, custom.id, { name: 'x' })).toBeUndefined();
      const changed = { ...custom, name: 'New', secret: null, keywords: [], disabled: true, outgoing: null };
      expect(await change(corpId, custom.id, { ...changed })).toEqual(changed);
      expect((await store.directory()).version).toBeGreaterThan(before);
      await change(corpId, custom.id, { tokenHash: null, token: null, deletedAt: start });
      expect(await change(corpId, custom.id, { name: 'x' })).toBeUndefined();
      expect([await byToken(hashOf('a')), await page(corpId, undefined, 0, 9)]).toEqual([undefined, []]);
      expect((await store.directory()).robotOf(custom.id)?.name).toBe('New');
    });

    test('beyond the limit of a minute it is blocked, and only accepted messages count', async () => {
      const { post, webhook } = await webhookScene(open);
      for (const at of [0, 1, 2]) expect(await post(start + at)).toBe(true);
      expect(await webhook()).toMatchObject({ blockedUntil: 0 });
      expect(await post(start + 59_999)).toBe(false);
      const blockedUntil = start + 59_999 + block;
      expect(await webhook()).toMatchObject({ blockedUntil });
      expect(await post(start + 2 * minute)).toBe(false);
      expect(await post(blockedUntil - 1)).toBe(false);
      expect(await webhook()).toMatchObject({ blockedUntil });
      for (const at of [0, 1, 2]) expect(await post(blockedUntil + at)).toBe(true);
      expect(await post(blockedUntil + 3)).toBe(false);
    });

    test('a minute begins with its first message', async () => {
      const { post } = await webhookScene(open);
      for (const at of [30, 31, 32]) expect(await post(start + at * 1000)).toBe(true);
      for (const at of [90, 91, 92]) expect(await post(start + at * 1000)).toBe(true);
      expect(await post(start + 93_000)).toBe(false);
    });

    test('a block that is shorter than the minute ends with the minute', async () => {
      const { post } = await webhookScene(open);
      const given = { webhookLimit: { perMinute: 1, block: 1000 } };
      expect(await post(start, given)).toBe(true);
      expect(await post(start + 1, given)).toBe(false);
      expect(await post(start + 59_999, given)).toBe(false);
      expect(await post(start + 60_000, given)).toBe(true);
    });

    test('a clock that was set back ends a block that it would make longer', async () => {
      const { post } = await webhookScene(open);
      for (const at of [0, 1, 2, 3]) await post(start + day + at);
      expect(await post(start + day + 4)).toBe(false);
      for (const at of [0, 1, 2]) expect(await post(start + at)).toBe(true);
      expect(await post(start + 3)).toBe(false);
    });

    test('concurrent messages are accepted up to the limit, and a repeat counts once', async () => {
      const { post } = await webhookScene(open);
      const once = { idempotency: { code: 'once', since: start - day } };
      expect([await post(start, once), await post(start + 1, once), await post(start + 2, once)]).toEqual([
        true,
        true,
        true,
      ]);
      const all = await Promise.all(Array.from({ length: 9 }, (_, i) => post(start + 3 + i)));
      expect(all.filter(Boolean)).toHaveLength(2);
      expect(await post(start + 20, once)).toBe(true);
      expect(await post(start + 20, { idempotency: { code: 'new', since: start - day } })).toBe(false);
      expect(await post(start + block + minute, { idempotency: { code: 'new', since: start - day } })).toBe(true);
    });

    test('a deleted robot is removed after its time, with its count', async () => {
      const { store, corpId, custom, post } = await webhookScene(open);
      await post(start);
      await store.customRobots.change(corpId, custom.id, { tokenHash: null, token: null, deletedAt: start + 5 });
      expect(await store.customRobots.prune(corpId, start + 5, 9)).toBe(0);
      expect(await store.customRobots.prune(corpId, start + 6, 9)).toBe(1);
      expect((await store.directory()).robotOf(custom.id)).toBeUndefined();
      const { tables } = await store.dump();
      expect([tables.custom_robots, tables.custom_robot_rates]).toEqual([[], []]);
    });
  });
}
