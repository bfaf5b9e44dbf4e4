import { describe, expect, test } from 'vitest';
import type { Accepted } from '../model.ts';
import type { Store } from '../store.ts';
import {
  anApp,
  aRobot,
  day,
  inboxOf,
  minute,
  must,
  type Open,
  opened,
  start,
  streamOf,
  world,
} from './world.contract.ts';

async function receivers(store: Store, corpId: number, { messageId }: Accepted): Promise<readonly string[]> {
  const receipt = must(await store.receipt(corpId, messageId));
  return receipt.deliveries.map(({ user }) => user.code);
}

export function describeAccept(open: Open): void {
  describe('accepting a send', () => {
    test('creates one delivery for each user, in the order of the send', async () => {
      const { store, corpId, send } = await world((await opened(open)).store);
      const accepted = await send({ userCodes: ['eve', 'ann', 'cho'] });
      expect(accepted).toMatchObject({ sentAt: start, invalid: [], filtered: [], flowControlled: [] });
      expect(await receivers(store, corpId, accepted)).toEqual(['eve', 'ann', 'cho']);
    });

    test('creates one delivery for a user who is listed twice', async () => {
      const { store, corpId, send } = await world((await opened(open)).store);
      const accepted = await send({ userCodes: ['bob', 'ann', 'bob', 'nobody', 'nobody'] });
      expect(await receivers(store, corpId, accepted)).toEqual(['bob', 'ann']);
      expect(accepted.invalid).toEqual(['nobody']);
    });

    test('returns unknown user codes as invalid and delivers to the others', async () => {
      const { store, corpId, send } = await world((await opened(open)).store);
      await store.removeUser(corpId, 'cho', start);
      const accepted = await send({ userCodes: ['stranger', 'ann', 'cho', 'ANN', ''] });
      expect(accepted.invalid).toEqual(['stranger', 'cho', 'ANN', '']);
      expect(await receivers(store, corpId, accepted)).toEqual(['ann']);
    });

    test('stores nothing if no code belongs to a user', async () => {
      const { store, sending, send } = await world((await opened(open)).store);
      const idempotency = { code: 'once', since: 0 };
      expect(await store.accept(sending({ userCodes: ['nobody'], idempotency }))).toBeUndefined();
      expect(await store.pendingCount()).toBe(0);
      expect((await store.dump()).tables).toMatchObject({
        messages: [],
        contents: [],
        idempotency: [],
      });
      expect(await send({ idempotency })).toMatchObject({ invalid: [] });
    });

    test('accepts 20 users', async () => {
      const { store, corpId, send } = await world((await opened(open)).store);
      const userCodes = Array.from({ length: 20 }, (_, i) => `user${i}`);
      await store.putUsers(
        corpId,
        userCodes.map((code) => ({ code, name: code })),
      );
      expect(await receivers(store, corpId, await send({ userCodes }))).toEqual(userCodes);
    });

    test('stores the content unchanged', async () => {
      const { store, corpId, users, arrive } = await world((await opened(open)).store);
      const params = ['', `'"$1 ?1 \\ %_ --`, '曲大岳 😀 e\u0301\r\n\t\u0001', '文'.repeat(5000)];
      for (const param of params) await arrive({ param });
      const found = await inboxOf(store, corpId, users.ann);
      expect(found.map(({ param }) => param).reverse()).toEqual(params);
    });

    test('stores all of many concurrent sends, each with its own number', async () => {
      const { store, corpId, send } = await world((await opened(open)).store);
      const sent = await Promise.all(Array.from({ length: 1200 }, (_, i) => send({ param: `${i}` })));
      expect(new Set(sent.map(({ messageId }) => messageId)).size).toBe(1200);
      expect(await store.pendingCount()).toBe(1200);
      expect(await receivers(store, corpId, must(sent.at(-1)))).toEqual(['ann', 'bob']);
    });
  });

  describe('concurrent sends', () => {
    test('get the same results as sequential sends', async () => {
      const { store, corpId, app, robot, users, sending, foreigner } = await world((await opened(open)).store);
      const other = await aRobot(store, app, 'robot-other');
      await store.blocks.choose(corpId, users.bob, robot, { blocked: true }, start);
      await store.blocks.choose(corpId, users.ann, other, { blocked: true }, start);
      const sends = [
        sending({ userCodes: ['ann', 'bob', 'nobody', 'ann'] }),
        sending({ userCodes: ['nobody'] }),
        sending({ robot: other, userCodes: ['ann', 'bob'] }),
        sending({ userCodes: ['nobody'], idempotency: { code: 'in vain', since: 0 } }),
        sending({ userCodes: ['bob'] }),
        sending({ userCodes: ['eve', 'cho'], sentAt: start + 1, param: 'x' }),
        sending({ corpId: foreigner.corpId, robot: foreigner.robot, userCodes: ['stranger', 'ann'] }),
      ];
      const answers = await Promise.all(sends.map((send) => store.accept(send)));
      const short = answers.map((one) => one && [one.sentAt - start, one.invalid, one.filtered, one.flowControlled]);
      expect(short).toEqual([
        [0, ['nobody'], ['bob'], []],
        undefined,
        [0, [], ['ann'], []],
        undefined,
        [0, [], ['bob'], []],
        [1, [], [], []],
        [0, ['ann'], [], []],
      ]);
      const got = (i: number) => receivers(store, sends[i]?.corpId ?? 0, must(answers[i]));
      expect([await got(0), await got(2), await got(4), await got(5), await got(6)]).toEqual([
        ...[['ann'], ['bob'], [], ['eve', 'cho']],
        ['stranger'],
      ]);
      const tried = sending({ userCodes: ['ann'], idempotency: { code: 'in vain', since: 0 } });
      expect(await store.accept(tried)).toMatchObject({ invalid: [] });
    });

    test('with the same idempotency code create one message', async () => {
      const { store, corpId, sending } = await world((await opened(open)).store);
      const named = (i: number) =>
        sending({ param: `${i}`, idempotency: { code: `code ${i % 7}`, since: start - minute } });
      const first = must(await store.accept(named(3)));
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, i) => store.accept(i % 2 ? named(i) : sending())),
      );
      const ids = answers.map((one) => must(one).messageId);
      const odd = ids.filter((_, i) => i % 2);
      expect([new Set(odd).size, new Set(ids).size]).toEqual([7, 32]);
      expect(odd.filter((id) => id === first.messageId).length).toBeGreaterThan(2);
      expect(await store.pendingCount()).toBe(32);
      // After the window the code can be used again.
      const late = [3, 4].map((i) => ({ code: `code ${i}`, since: start }));
      const again = await Promise.all(
        late.map((idempotency) => store.accept(sending({ sentAt: start + minute, idempotency }))),
      );
      expect(again.map((one) => ids.includes(must(one).messageId))).toEqual([false, false]);
      expect(corpId).toBeGreaterThan(0);
    });

    test('are stored even if one of them cannot be stored', async () => {
      const { store, sending } = await world((await opened(open)).store);
      const sends = [sending(), sending({ sentAt: Number.NaN }), sending()];
      const answers = await Promise.allSettled(sends.map((send) => store.accept(send)));
      expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await store.pendingCount()).toBe(2);
    });
  });

  describe('users who have blocked the robot', () => {
    test('are returned as filtered and get no message until they remove the block', async () => {
      const { store, corpId, robot, users, send } = await world((await opened(open)).store);
      await store.blocks.choose(corpId, users.bob, robot, { blocked: true }, start);
      await store.blocks.choose(corpId, users.bob, robot, { blocked: true }, start);
      const muted = await send({ userCodes: ['bob', 'ann'] });
      expect([muted.filtered, await receivers(store, corpId, muted)]).toEqual([['bob'], ['ann']]);
      await store.blocks.choose(corpId, users.bob, robot, { blocked: false }, start);
      const heard = await send({ userCodes: ['bob', 'ann'] });
      expect([heard.filtered, await receivers(store, corpId, heard)]).toEqual([[], ['bob', 'ann']]);
    });

    test('still get messages of other robots', async () => {
      const { store, corpId, app, robot, users, send } = await world((await opened(open)).store);
      const other = await aRobot(store, app, 'robot-other');
      await store.blocks.choose(corpId, users.ann, robot, { blocked: true }, start);
      expect(await send({ robot: other, userCodes: ['ann'] })).toMatchObject({ filtered: [] });
      expect([...(await store.inboxes.unread(corpId, users.ann)).choices.keys()]).toEqual([robot.id]);
    });

    test('may be all the recipients: the message is accepted and delivered to nobody', async () => {
      const { store, corpId, robot, users, send } = await world((await opened(open)).store);
      await store.blocks.choose(corpId, users.ann, robot, { blocked: true }, start);
      const accepted = await send({ userCodes: ['ann'] });
      expect(accepted.filtered).toEqual(['ann']);
      expect(await store.settle(corpId, accepted.messageId, start)).toEqual([]);
      expect(await store.receipt(corpId, accepted.messageId)).toMatchObject({ state: 'delivered', deliveries: [] });
    });

    test('are stored with the message, in the order of the send', async () => {
      const { store, corpId, robot, users, send } = await world((await opened(open)).store);
      await store.blocks.choose(corpId, users.eve, robot, { blocked: true }, start);
      await store.blocks.choose(corpId, users.bob, robot, { blocked: true }, start);
      const { messageId } = await send({ userCodes: ['eve', 'ann', 'bob'] });
      expect((await store.operator.message(corpId, messageId))?.filteredIds).toEqual([users.eve, users.bob]);
      expect(
        (await store.operator.message(corpId, (await send({ userCodes: ['ann'] })).messageId))?.filteredIds,
      ).toEqual([]);
    });

    test('do not include users who have muted it: these get the message', async () => {
      const { store, corpId, robot, users, send } = await world((await opened(open)).store);
      await store.blocks.choose(corpId, users.ann, robot, { muted: true }, start);
      expect(await send({ userCodes: ['ann'] })).toMatchObject({ filtered: [] });
    });

    test('cannot block an unblockable robot, and earlier blocks of it are removed', async () => {
      const { store, corpId, robot, users, send } = await world((await opened(open)).store);
      await store.blocks.choose(corpId, users.ann, robot, { blocked: true }, start);
      const kept = { ...robot, unblockable: true };
      await store.putRobot(kept);
      expect(await store.blocks.blockedBy(robot.id)).toEqual([]);
      expect(await store.blocks.choose(corpId, users.ann, kept, { blocked: true }, start)).toBe(undefined);
      expect(await send({ robot: kept, userCodes: ['ann'] })).toMatchObject({ filtered: [] });
    });

    test('get one event in their stream for each change of their choice', async () => {
      const { store, corpId, robot, users, arrive } = await world((await opened(open)).store);
      await arrive();
      for (let i = 0; i < 2; i++)
        await store.blocks.choose(corpId, users.ann, robot, { blocked: true, muted: true }, start);
      await store.blocks.choose(corpId, users.ann, robot, { blocked: false }, start);
      const events = await store.inboxes.since(corpId, users.ann, 1, 9);
      expect(events.map(({ seq, event, robotId, choice }) => ({ seq, event, robotId, ...choice }))).toEqual([
        { seq: 2, event: 'robot', robotId: robot.id, muted: true, blocked: true },
        { seq: 3, event: 'robot', robotId: robot.id, muted: true, blocked: false },
      ]);
      expect(
        (await store.inboxes.page({ corpId, userId: users.ann, before: 1e15, robotId: 0, unread: false, limit: 9 }))
          .length,
      ).toBe(1);
    });

    test('can be replaced as a whole and are listed by code', async () => {
      const { store, corpId, robot, users, foreigner } = await world((await opened(open)).store);
      await store.blocks.replace(corpId, robot.id, [users.ann, users.eve]);
      await store.blocks.replace(corpId, robot.id, [users.eve, users.cho]);
      await store.blocks.choose(foreigner.corpId, foreigner.userId, robot, { blocked: true }, start);
      expect(await store.blocks.blockedBy(robot.id)).toEqual(['cho', 'eve', 'stranger']);
      await store.blocks.replace(corpId, robot.id, []);
      expect(await store.blocks.blockedBy(robot.id)).toEqual(['stranger']);
    });
  });

  describe('flow limits', () => {
    test('limit the messages to a user in one minute, and start again in the next minute', async () => {
      const { store, app, send } = await world((await opened(open)).store);
      const robot = await aRobot(store, app, 'limited', { perUserPerMinute: 2 });
      const at = async (sentAt: number) => (await send({ robot, sentAt, userCodes: ['ann'] })).flowControlled;
      expect([await at(start), await at(start + 59_999), await at(start + 59_999)]).toEqual([[], [], ['ann']]);
      expect([await at(start + minute), await at(start + minute), await at(start + minute)]).toEqual([[], [], ['ann']]);
    });

    test('limit the messages to a user in one day, without counting refused ones', async () => {
      const { store, app, send } = await world((await opened(open)).store);
      const robot = await aRobot(store, app, 'limited', { perUserPerMinute: 1, perUserPerDay: 2 });
      const at = async (sentAt: number) => (await send({ robot, sentAt, userCodes: ['ann'] })).flowControlled.length;
      expect([await at(start), await at(start), await at(start)]).toEqual([0, 1, 1]);
      expect([await at(start + minute), await at(start + 2 * minute)]).toEqual([0, 1]);
      expect([await at(start + day - 1), await at(start + day)]).toEqual([1, 0]);
    });

    test('count each user and each robot separately, and deliver to the users within the limits', async () => {
      const { store, corpId, app, send } = await world((await opened(open)).store);
      const robot = await aRobot(store, app, 'limited', { perUserPerMinute: 1 });
      const other = await aRobot(store, app, 'limited-too', { perUserPerMinute: 1 });
      await send({ robot, userCodes: ['bob'] });
      const second = await send({ robot, userCodes: ['ann', 'bob', 'cho'] });
      expect([second.flowControlled, await receivers(store, corpId, second)]).toEqual([['bob'], ['ann', 'cho']]);
      expect(await send({ robot: other, userCodes: ['bob'] })).toMatchObject({ flowControlled: [] });
    });

    test('do not count messages that a block has filtered', async () => {
      const { store, corpId, app, users, send } = await world((await opened(open)).store);
      const robot = await aRobot(store, app, 'limited', { perUserPerMinute: 1 });
      await store.blocks.choose(corpId, users.ann, robot, { blocked: true }, start);
      expect(await send({ robot, userCodes: ['ann'] })).toMatchObject({ filtered: ['ann'], flowControlled: [] });
      await store.blocks.choose(corpId, users.ann, robot, { blocked: false }, start);
      expect(await send({ robot, userCodes: ['ann'] })).toMatchObject({ filtered: [], flowControlled: [] });
    });

    test('work across processes when one clock is slightly behind at the start of a minute or a day', async () => {
      const { store, app, send } = await world((await opened(open)).store);
      for (const limit of [{ perUserPerMinute: 3 }, { perUserPerDay: 3 }]) {
        const robot = await aRobot(store, app, JSON.stringify(limit), limit);
        const sent = [];
        for (let i = 0; i < 8; i++) {
          sent.push(await send({ robot, userCodes: ['ann'], sentAt: start + day - (i % 2) * 50 }));
        }
        expect(sent.filter(({ flowControlled }) => flowControlled.length === 0)).toHaveLength(3);
      }
    });

    test('start again when a clock that was far ahead is corrected', async () => {
      const { store, app, send } = await world((await opened(open)).store);
      const robot = await aRobot(store, app, 'limited', { perUserPerMinute: 1, perUserPerDay: 1 });
      const at = (sentAt: number) => send({ robot, userCodes: ['ann'], sentAt });
      expect(await at(start + 3 * day)).toMatchObject({ flowControlled: [] });
      expect(await at(start)).toMatchObject({ flowControlled: [] });
      expect(await at(start + 1)).toMatchObject({ flowControlled: ['ann'] });
    });

    test('are exact under concurrent sends', async () => {
      const { store, corpId, app, users, send } = await world((await opened(open)).store);
      const robot = await aRobot(store, app, 'limited', { perUserPerDay: 3 });
      const sent = await Promise.all(Array.from({ length: 10 }, () => send({ robot, userCodes: ['ann'] })));
      expect(sent.filter(({ flowControlled }) => flowControlled.length === 0)).toHaveLength(3);
      await Promise.all(sent.map(({ messageId }) => store.settle(corpId, messageId, start)));
      expect(await streamOf(store, corpId, users.ann)).toHaveLength(3);
    });
  });

  describe('an idempotency code', () => {
    const idempotency = { code: 'order 66 ✓', since: start - day };

    test('returns the first result again and stores nothing', async () => {
      const { store, send } = await world((await opened(open)).store);
      const first = await send({ userCodes: ['ann', 'nobody'], idempotency });
      const again = await send({ userCodes: ['bob'], param: 'other', sentAt: start + 5, idempotency });
      expect(again).toEqual(first);
      expect(await store.pendingCount()).toBe(1);
    });

    test('returns the content of the first send, if the send had one', async () => {
      const { send } = await world((await opened(open)).store);
      const told = { ...idempotency, content: 'one' };
      const { content, ...first } = await send({ idempotency: told });
      expect(content).toBeUndefined();
      expect(await send({ idempotency: { ...told, content: 'two' } })).toEqual({ ...first, content: 'one' });
    });

    test('creates one message for many concurrent sends', async () => {
      const { store, send } = await world((await opened(open)).store);
      const sent = await Promise.all(Array.from({ length: 20 }, () => send({ idempotency })));
      expect(new Set(sent.map(({ messageId }) => messageId)).size).toBe(1);
      expect(await store.pendingCount()).toBe(1);
    });

    test('expires to the millisecond, and then belongs to the new send', async () => {
      const { send } = await world((await opened(open)).store);
      const at = (sentAt: number) => send({ sentAt, idempotency: { code: 'x', since: sentAt - day } });
      const first = await at(start);
      expect((await at(start + day - 1)).messageId).toBe(first.messageId);
      const second = await at(start + day);
      expect(second.messageId).not.toBe(first.messageId);
      expect(await at(start + day + 1)).toEqual(second);
    });

    test('belongs to an app and an organization', async () => {
      const { store, corpId, foreigner, send } = await world((await opened(open)).store);
      const first = await send({ idempotency });
      const other = await anApp(store, corpId, 'app-other');
      const ofApp = await send({ appId: other.id, idempotency });
      const abroad = { corpId: foreigner.corpId, robot: foreigner.robot, userCodes: ['stranger'] };
      const ofCorp = await send({ ...abroad, idempotency });
      expect(new Set([first, ofApp, ofCorp].map(({ messageId }) => messageId)).size).toBe(3);
    });

    test('is still valid after a restart', async () => {
      const place = await opened(open);
      const { sending, send } = await world(place.store);
      const first = await send({ idempotency });
      expect(await (await place.reopen()).accept(sending({ idempotency }))).toEqual(first);
    });
  });
}
