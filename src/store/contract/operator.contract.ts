import { describe, expect, test } from 'vitest';
import type { ListedMessage, Position, Walk } from '../console/message-list.ts';
import { withoutDay } from '../engine/partitions.ts';
import { createUnionId } from '../people/union-ids.ts';
import type { Store } from '../store.ts';
import { aGroup } from './conversations.contract.ts';
import { must, type Open, opened, start, world } from './world.contract.ts';

const beginning: Position = [Number.MAX_SAFE_INTEGER, 0];

/** Reads all messages of a list, `step` messages at a time. */
async function all(store: Store, walk: Walk, step = 2, from = 0): Promise<readonly ListedMessage[]> {
  const found: ListedMessage[] = [];
  for (let place = beginning; ; ) {
    const rows = await store.operator.messagesBefore(walk, place, from, step);
    found.push(...rows);
    const last = rows.at(-1);
    if (!last || rows.length < step) return found;
    place = last.position;
  }
}

const idsOf = (messages: readonly ListedMessage[]) => messages.map(({ messageId }) => messageId);

export function describeOperator(open: Open): void {
  describe('the console', () => {
    test('lists messages by time and then by number, in pages of any size', async () => {
      const { store, corpId, robot, users, arrive } = await world((await opened(open)).store);
      const ids: number[] = [];
      for (const after of [0, 5, 5, 3, 5]) ids.push(await arrive({ sentAt: start + after }));
      const [first, second, third, fourth, fifth] = ids;
      const wanted = [fifth, third, second, fourth, first];
      for (const step of [1, 2, 3, 9]) expect(idsOf(await all(store, { along: 'all', corpId }, step))).toEqual(wanted);
      expect(idsOf(await all(store, { along: 'robot', corpId, robotId: robot.id }))).toEqual(wanted);
      expect(idsOf(await all(store, { along: 'all', corpId }, 2, start + 4))).toEqual(wanted.slice(0, 3));
      expect(idsOf(await all(store, { along: 'user', corpId, userId: users.ann }))).toEqual(ids.toReversed());
      expect(await all(store, { along: 'user', corpId, userId: users.cho })).toEqual([]);
      expect(await all(store, { along: 'robot', corpId, robotId: 99 })).toEqual([]);
    });

    test('lists pending and recalled messages, and none of another organization', async () => {
      const { store, corpId, foreigner, arrive, send } = await world((await opened(open)).store);
      const { messageId: pending } = await send();
      const recalled = await arrive();
      await store.recall(corpId, recalled, start + 1);
      await arrive({ corpId: foreigner.corpId, robot: foreigner.robot, userCodes: ['stranger'] });
      expect(idsOf(await all(store, { along: 'pending', corpId }))).toEqual([pending]);
      expect(idsOf(await all(store, { along: 'recalled', corpId }))).toEqual([recalled]);
      expect(await all(store, { along: 'all', corpId: foreigner.corpId })).toHaveLength(1);
      expect(await store.operator.message(foreigner.corpId, recalled)).toBeUndefined();
    });

    test('lists the messages to one conversation, and says to which each was sent', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, send, arrive, foreigner } = scene;
      const group = await aGroup(scene);
      const pair = await aGroup(scene, { isGroup: false, chatId: null });
      const toGroup = async (after: number, { id } = group) =>
        (await send({ conversationId: id, userCodes: [], sentAt: start + after })).messageId;
      const [first, second] = [await toGroup(0), await toGroup(5)];
      const plain = await arrive();
      const other = await toGroup(1, pair);
      const third = await toGroup(3);
      const walk = { along: 'conversation', corpId, conversationId: group.id } as const;
      for (const step of [1, 2, 9]) expect(idsOf(await all(store, walk, step))).toEqual([second, third, first]);
      expect(idsOf(await all(store, walk, 2, start + 3))).toEqual([second, third]);
      expect(await store.operator.totalOfWalk(walk, 0, start + 5)).toBe(2);
      expect(await all(store, { ...walk, corpId: foreigner.corpId })).toEqual([]);
      const { openId, title } = group;
      expect(await store.operator.message(corpId, first)).toMatchObject({
        conversation: { openId, title, isGroup: true },
      });
      expect(await store.operator.message(corpId, other)).toMatchObject({ conversation: { isGroup: false } });
      expect(await store.operator.message(corpId, plain)).toMatchObject({ conversation: null });
    });

    test('shows a message with its text, its recipients in order, and when each has read', async () => {
      const { store, corpId, users, arrive } = await world((await opened(open)).store);
      const id = await arrive({ userCodes: ['cho', 'ann'] });
      await store.markRead(corpId, users.ann, [id], start + 7);
      const shown = must(await store.operator.message(corpId, id));
      expect(shown).toMatchObject({
        userIds: [users.cho, users.ann],
        readAt: [null, start + 7],
        param: '{"content":"hi"}',
        state: 'delivered',
        deliveredAt: start,
      });
      await store.recall(corpId, id, start + 9);
      expect(await store.operator.message(corpId, id)).toMatchObject({ param: null, recalledAt: start + 9 });
    });

    test('numbers events without gaps, also under concurrent writes', async () => {
      const { store, corpId, users, send } = await world((await opened(open)).store);
      const accepted = await Promise.all(Array.from({ length: 20 }, () => send()));
      const ids = accepted.map(({ messageId }) => messageId);
      await Promise.all(ids.map((id) => store.settle(corpId, id, start)));
      await Promise.all([
        ...ids.map((id) => store.markRead(corpId, users.ann, [id], start + 1)),
        ...ids.slice(0, 5).map((id) => store.recall(corpId, id, start + 2)),
      ]);
      const events = await store.operator.eventsSince(corpId, 0, 1000);
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
      expect(await store.operator.lastEvent(corpId)).toBe(events.length);
      for (const id of ids) {
        const own = events.filter(({ messageId }) => messageId === id).map(({ event }) => event);
        expect(own.slice(0, 2)).toEqual(['sent', 'delivered']);
      }
      expect(events.filter(({ event }) => event === 'read').every(({ userId }) => userId === users.ann)).toBe(true);
    });

    test('returns an event once, even if its cause is repeated', async () => {
      const { store, corpId, users, arrive } = await world((await opened(open)).store);
      const id = await arrive();
      for (let i = 0; i < 2; i++) {
        await store.settle(corpId, id, start);
        await store.markRead(corpId, users.ann, [id], start + i);
      }
      for (let i = 0; i < 2; i++) await store.recall(corpId, id, start + i);
      const told = await store.operator.eventsSince(corpId, 0, 9);
      expect(told.map(({ event }) => event)).toEqual(['sent', 'delivered', 'read', 'recalled']);
    });

    test('finds the events of one message in steps, also among many others', async () => {
      const { store, corpId, foreigner, arrive } = await world((await opened(open)).store);
      const id = await arrive();
      for (let i = 0; i < 5; i++) await arrive();
      await store.recall(corpId, id, start);
      const step = async (seq: number, stride: number) => {
        const { events, to, isAll } = await store.operator.eventsOfMessage(corpId, id, seq, stride);
        return [events.map((each) => `${each.seq} ${each.event}`), withoutDay(to), isAll];
      };
      expect(await step(0, 1)).toEqual([['1 sent'], 1, false]);
      expect(await step(1, 10)).toEqual([['2 delivered'], 11, false]);
      expect(await step(11, 10)).toEqual([['13 recalled'], 13, true]);
      expect(await step(0, 13)).toEqual([['1 sent', '2 delivered', '13 recalled'], 13, true]);
      expect(await step(13, 10)).toEqual([[], 13, true]);
      expect((await store.operator.eventsOfMessage(foreigner.corpId, id, 0, 99)).events).toEqual([]);
    });

    test('logs who recalled a message, and not who tried it later', async () => {
      const { store, corpId, arrive } = await world((await opened(open)).store);
      const entry = { corpId, at: start, action: 'message.recall', target: 't', was: null, became: null };
      const id = await arrive();
      const recall = (actor: string) => store.operator.recall(corpId, id, start, { ...entry, actor });
      const touched = await Promise.all([recall('one'), recall('two')]);
      expect(touched.filter(({ length }) => length > 0)).toHaveLength(1);
      expect(await store.operator.auditBefore(99, 9)).toHaveLength(1);
    });

    test('logs the send of an operator once, with its number of recipients, and none that is not stored', async () => {
      const { store, corpId, sending } = await world((await opened(open)).store);
      const idempotency = { code: 'console once', since: 0, content: 'same' };
      const audit = (messageId: number, recipientCount: number) => {
        const change = { action: 'message.send', target: String(messageId), was: null, became: { recipientCount } };
        return { corpId, at: start, actor: 'token', ...change };
      };
      const send = (userCodes: readonly string[]) => store.accept(sending({ userCodes, idempotency, audit }));
      expect(await send(['nobody'])).toBeUndefined();
      const both = await Promise.all([send(['ann', 'eve', 'nobody']), send(['ann', 'eve', 'nobody'])]);
      const [entry, ...more] = await store.operator.auditBefore(99, 9);
      expect(both.map((one) => String(one?.messageId))).toEqual([entry?.target, entry?.target]);
      expect([entry?.became, more]).toEqual([{ recipientCount: 2 }, []]);
    });

    test('counts sends and first reads by the hour of the send', async () => {
      const { store, corpId, robot, users, arrive } = await world((await opened(open)).store);
      const hour = 3_600_000;
      const id = await arrive();
      await arrive({ sentAt: start + hour });
      for (let i = 0; i < 2; i++) await store.markRead(corpId, users.ann, [id], start + 2 * hour + 1);
      const reads = (...steps: number[]) => Array.from({ length: 13 }, (_, step) => (steps.includes(step) ? 1 : 0));
      for (const robotId of [robot.id, 0]) {
        expect(await store.operator.statistics(corpId, robotId, start, start + 2 * hour)).toEqual([
          { start, sends: 1, deliveries: 2, reads: reads(9) },
          { start: start + hour, sends: 1, deliveries: 2, reads: reads() },
        ]);
      }
      expect(await store.operator.statistics(corpId, 99, start, start + hour)).toEqual([]);
      await store.markRead(corpId, users.bob, [id], start + 48 * hour);
      expect((await store.operator.statistics(corpId, 0, start, start + 1))[0]?.reads).toEqual(reads(9, 12));
    });

    test('refuses a code that is in use, with the reason taken, and changes nothing', async () => {
      const { store, corpId, app, robot } = await world((await opened(open)).store);
      const entry = { corpId, at: start, actor: 'token', action: 'a', target: 't', was: null, became: null };
      const ann = { corpId, id: 999, code: 'ann', name: 'Another', unionId: createUnionId() };
      for (const change of [
        { organization: { corpId: 99, code: 'corp-one', name: 'n' } },
        { app: { ...app, id: 99 } },
        { robot: { ...robot, id: 99 } },
        { newcomer: ann },
      ]) {
        const refused = store.operator.change([change], entry);
        await expect(refused).rejects.toMatchObject({ name: 'StoreError', reason: 'taken' });
      }
      expect((await store.findUsers(corpId, ['ann'])).map(({ name }) => name)).not.toEqual(['Another']);
      expect(await store.operator.auditBefore(99, 9)).toEqual([]);
    });

    test('gives the code of a former user to a new user, and restores a former user only on request', async () => {
      const { store, corpId, users } = await world((await opened(open)).store);
      const entry = { corpId, at: start, actor: 'token', action: 'a', target: 't', was: null, became: null };
      const ann = { corpId, id: users.ann, code: 'ann', name: 'Anna' };
      await store.removeUser(corpId, 'ann', start);
      await store.operator.change([{ renamed: ann }], entry);
      expect(await store.findUsers(corpId, ['ann'])).toEqual([]);
      const another = { ...ann, id: 999, name: 'Another Ann' };
      await store.operator.change([{ newcomer: { ...another, unionId: createUnionId() } }], entry);
      expect(await store.findUsers(corpId, ['ann'])).toEqual([another]);
      const back = () => store.operator.change([{ restored: { corpId, id: users.ann } }], entry);
      await expect(back()).rejects.toMatchObject({ name: 'StoreError', reason: 'taken' });
      await store.removeUser(corpId, 'ann', start + 1);
      await back();
      expect(await store.findUsers(corpId, ['ann'])).toEqual([ann]);
      await expect(back()).rejects.toMatchObject({ name: 'StoreError', reason: 'taken' });
    });

    test('deletes sessions and sign-in codes of a removed user for good, even if the user is restored', async () => {
      const { store, corpId, users } = await world((await opened(open)).store);
      const entry = { corpId, at: start, actor: 'token', action: 'a', target: 't', was: null, became: null };
      await store.removeUser(corpId, 'ann', start);
      // Like a session of a sign-in that ran at the same time as the removal.
      await store.credentials.putSession({ corpId, id: 7, userId: users.ann, expiresAt: start + 100 });
      await store.credentials.putSignInCode(corpId, 'hash', users.ann, start + 100);
      expect(await store.credentials.findSession(corpId, 7)).toBeUndefined();
      await store.operator.change([{ restored: { corpId, id: users.ann } }], entry);
      expect(await store.credentials.findSession(corpId, 7)).toBeUndefined();
      expect(await store.credentials.takeSignInCode(corpId, 'hash', start)).toBeUndefined();
    });

    test('refuses a change based on an older directory, with the reason stale, also for one of two concurrent changes', async () => {
      const { store, corpId, robot } = await world((await opened(open)).store);
      const entry = { corpId, at: start, actor: 'token', action: 'a', target: 't', was: null, became: null };
      const { version } = await store.directory();
      const changes = ['one', 'two'].map((name) =>
        store.operator.change([{ robot: { ...robot, name } }], entry, version),
      );
      const [first, second] = await Promise.allSettled(changes);
      expect([first?.status, second?.status].sort()).toEqual(['fulfilled', 'rejected']);
      const refused = [first, second].find((each) => each?.status === 'rejected');
      expect(refused).toMatchObject({ reason: { name: 'StoreError', reason: 'stale' } });
      expect(await store.operator.auditBefore(99, 9)).toHaveLength(1);
      await store.operator.change([{ robot: { ...robot, name: 'three' } }], entry, (await store.directory()).version);
      // Users are not part of the directory.
      await store.operator.change(
        [{ newcomer: { corpId, id: 999, code: 'new', name: 'N', unionId: createUnionId() } }],
        entry,
        0,
      );
    });

    test('deletes statistics of one organization by hours, and only hours that have ended', async () => {
      const { store, corpId, arrive } = await world((await opened(open)).store);
      const hour = 3_600_000;
      for (let i = 0; i < 3; i++) await arrive({ sentAt: start + i * hour });
      const kept = async () =>
        (await store.operator.statistics(corpId, 0, start, start + 9 * hour)).map(
          (each) => (each.start - start) / hour,
        );
      expect(await store.operator.pruneHour(corpId, start + hour - 1)).toBe(false);
      expect(await store.operator.pruneHour(corpId + 1, start + 9 * hour)).toBe(false);
      expect([await store.operator.pruneHour(corpId, start + 2 * hour), await kept()]).toEqual([true, [1, 2]]);
      expect([await store.operator.pruneHour(corpId, start + 2 * hour), await kept()]).toEqual([true, [2]]);
      expect([await store.operator.pruneHour(corpId, start + 2 * hour), await kept()]).toEqual([false, [2]]);
    });

    test('deletes the oldest entries of the audit log, a few at a time, and continues the numbers', async () => {
      const { store } = await opened(open);
      const entry = { corpId: 0, actor: 'token', action: 'a', target: 't', was: null, became: null };
      for (let i = 0; i < 5; i++) await store.operator.change([], { ...entry, at: start + i });
      const kept = async () => (await store.operator.auditBefore(99, 9)).map(({ id }) => id);
      expect([await store.operator.pruneAudit(start + 3, 2), await kept()]).toEqual([2, [5, 4, 3]]);
      expect([await store.operator.pruneAudit(start + 3, 2), await kept()]).toEqual([1, [5, 4]]);
      expect([await store.operator.pruneAudit(start + 3, 2), await kept()]).toEqual([0, [5, 4]]);
      expect([await store.operator.pruneAudit(start + 9, 9), await kept()]).toEqual([2, []]);
      await store.operator.change([], { ...entry, at: start });
      expect(await kept()).toEqual([6]);
    });

    test('stores a change together with its entry in the audit log, or neither', async () => {
      const { store, corpId, robot } = await world((await opened(open)).store);
      const entry = { corpId, at: start, actor: 'token', action: 'a', target: 't', was: null, became: { n: 1 } };
      const uninstalled = { installation: { corpId, robotId: robot.id, installed: false } };
      await store.operator.change([uninstalled], entry);
      expect((await store.directory()).isInstalled(corpId, robot.id)).toBe(false);
      const taken = { organization: { corpId: 99, code: 'corp-one', name: 'n' } };
      const installed = { installation: { corpId, robotId: robot.id, installed: true } };
      await expect(store.operator.change([installed, taken], entry)).rejects.toThrow();
      expect((await store.directory()).isInstalled(corpId, robot.id)).toBe(false);
      const entries = await store.operator.auditBefore(Number.MAX_SAFE_INTEGER, 9);
      expect(entries).toEqual([{ id: 1, ...entry, operator: null }]);
      expect(await store.operator.auditBefore(1, 9)).toEqual([]);
    });

    test('finds sessions after a restart, and deletes those that have expired', async () => {
      const { store, reopen } = await opened(open);
      const session = (hash: string, expiresAt: number) => ({ hash, id: 1, openedBy: 'x', expiresAt });
      await store.operator.putSession(session('old', start), start);
      await store.operator.putSession(session('new', start + 9), start + 1);
      const again = await reopen();
      expect(await again.operator.session('old')).toBeUndefined();
      expect(await again.operator.session('new')).toEqual(session('new', start + 9));
      await again.operator.dropSession('new');
      expect(await again.operator.session('new')).toBeUndefined();
    });
  });
}
