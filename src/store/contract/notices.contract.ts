import { describe, expect, test } from 'vitest';
import { migrations } from '../migrations/index.ts';
import type { NewNotice } from '../notices/accept.ts';
import { noticeSenderOf } from '../notices/senders.ts';
import type { Store } from '../store.ts';
import { again } from './engine.contract.ts';
import {
  anApp,
  day,
  early,
  inboxOf,
  minute,
  must,
  type Open,
  opened,
  start,
  streamOf,
  told,
  world,
} from './world.contract.ts';

/** Runs steps until a message is delivered or taken back. */
async function finish(store: Store, corpId: number, messageId: number): Promise<void> {
  while (!(await store.deliverStep(corpId, messageId, start)).isDone);
}

/** The step that moves receivers out of the rows of notices. */
const receiversStep = 18;

/** A world in which an app sends work notices, by default to ann, bob and cho. */
async function noticeWorld(open: Open) {
  const there = await world((await opened(open)).store);
  const { store, corpId, app, users } = there;
  const sending = (given: Partial<NewNotice> = {}): NewNotice => ({
    corpId,
    appId: app.id,
    sentAt: start,
    kind: 50,
    param: '{"content":"hi"}',
    content: 7,
    day: 1,
    receivers: [users.ann, users.bob, users.cho].sort((a, b) => a - b),
    invalid: { users: [], departments: [] },
    perDay: 500,
    perMinute: 5000,
    toAllPerDay: null,
    ...given,
  });
  const accept = (given?: Partial<NewNotice>) => store.notices.accept(sending(given));
  const sent = async (given?: Partial<NewNotice>) => must(await accept(given)).messageId;
  const codesOf = (list: readonly { readonly code: string }[]) => list.map(({ code }) => code);
  return {
    ...there,
    sending,
    accept,
    sent,
    finish: (messageId: number) => finish(store, corpId, messageId),
    /** Sends and delivers a notice. */
    async arrived(given?: Partial<NewNotice>) {
      const messageId = await sent(given);
      await finish(store, corpId, messageId);
      return messageId;
    },
    gotBy: async (messageId: number) => codesOf(await store.notices.receivers(corpId, messageId, 0, 100)),
    /** Creates users, and returns their numbers. */
    async crowd(size: number) {
      await store.putUsers(
        corpId,
        Array.from({ length: size }, (_, i) => ({ code: `u${i}`, name: `u${i}` })),
      );
      return (await store.usersPage(corpId, 'tz', 2 * size)).map(({ id }) => id).sort((a, b) => a - b);
    },
    /** The lists of receivers that are stored, in the order of their numbers. */
    async stored() {
      const rows = (await store.dump()).tables.notice_receivers ?? [];
      const lists = rows.map((row) => String(row.at(-1)).split(',').map(Number));
      return lists.sort(([a = 0], [b = 0]) => a - b);
    },
    missedBy: async (messageId: number) =>
      (await store.notices.misses(corpId, messageId, 0, 100)).map(({ code, reason }) => `${code} ${reason}`),
  };
}

export function describeNotices(open: Open): void {
  describe('work notices', () => {
    test('a notice is in no inbox when it is accepted, and in each after its delivery', async () => {
      const { store, corpId, users, sent, finish, gotBy, app } = await noticeWorld(open);
      const messageId = await sent();
      expect(await inboxOf(store, corpId, users.ann)).toEqual([]);
      expect(await store.notices.find(corpId, messageId)).toMatchObject({ total: 3, handled: 0, isDelivered: false });
      const [pending] = await store.pending({ corpId: 0, messageId: 0 }, 9);
      expect(pending).toMatchObject({ messageId, robotId: noticeSenderOf(app.id), isRecalled: false });
      await finish(messageId);
      expect(await store.notices.find(corpId, messageId)).toMatchObject({ total: 3, handled: 3, isDelivered: true });
      const [shown] = await inboxOf(store, corpId, users.ann);
      expect(shown).toMatchObject({ messageId, kind: 50, param: '{"content":"hi"}', conversation: null });
      expect(await gotBy(messageId)).toEqual(['ann', 'bob', 'cho']);
      expect(await inboxOf(store, corpId, users.dee)).toEqual([]);
      expect(await store.pending({ corpId: 0, messageId: 0 }, 9)).toEqual([]);
    });

    test('a notice to nobody is delivered at once', async () => {
      const { store, corpId, arrived } = await noticeWorld(open);
      const messageId = await arrived({ receivers: [], invalid: { users: ['x'], departments: [9] } });
      const found = await store.notices.find(corpId, messageId);
      expect(found).toMatchObject({ total: 0, isDelivered: true, invalid: { users: ['x'], departments: [9] } });
    });

    test('notices are listed and counted apart from other messages, and those who missed one by reason', async () => {
      const { store, corpId, users, arrived, arrive } = await noticeWorld(open);
      const first = await arrived();
      await arrive({ sentAt: start + 1 });
      const second = await arrived({ sentAt: start + 2, receivers: [users.ann, users.dee].sort((a, b) => a - b) });
      const walk = { along: 'sender', corpId, sender: 'notice' } as const;
      const found = await store.operator.messagesBefore(walk, [start + 9, 0], 0, 9);
      expect(found.map(({ messageId, sender }) => [messageId, sender])).toEqual([
        [second, 'notice'],
        [first, 'notice'],
      ]);
      expect(await store.operator.totalOfWalk(walk, 0, start + 2)).toBe(1);
      await store.markRead(corpId, users.ann, [first], start + 3);
      expect(await store.notices.totals(corpId, first)).toEqual({ read: 1, missed: 0 });
      expect(await store.notices.totals(corpId, second)).toEqual({ read: 0, missed: 1 });
      expect(await store.notices.missCounts(corpId, first)).toEqual({ daily: 0, repeated: 0, minute: 0, left: 0 });
      expect(await store.notices.missCounts(corpId, second)).toMatchObject({ repeated: 1, daily: 0 });
    });

    test('nobody gets the same content of an app twice on a day', async () => {
      const { arrived, gotBy, missedBy, users, store, corpId } = await noticeWorld(open);
      await arrived({ receivers: [users.bob] });
      const second = await arrived();
      expect(await gotBy(second)).toEqual(['ann', 'cho']);
      expect(await missedBy(second)).toEqual(['bob repeated']);
      expect(await gotBy(await arrived({ content: 8 }))).toEqual(['ann', 'bob', 'cho']);
      expect(await gotBy(await arrived({ day: 2 }))).toEqual(['ann', 'bob', 'cho']);
      const next = await anApp(store, corpId, 'app-next');
      expect(await gotBy(await arrived({ appId: next.id }))).toEqual(['ann', 'bob', 'cho']);
    });

    test('nobody gets more notices of an app on a day than the limit allows', async () => {
      const { arrived, gotBy, missedBy, users } = await noticeWorld(open);
      const limit = { perDay: 2 };
      await arrived({ ...limit, content: 1, receivers: [users.ann] });
      await arrived({ ...limit, content: 2 });
      const third = await arrived({ ...limit, content: 3 });
      expect(await gotBy(third)).toEqual(['bob', 'cho']);
      expect(await missedBy(third)).toEqual(['ann daily']);
      // A notice that was not delivered does not count as content that ann has got.
      expect(await missedBy(await arrived({ ...limit, content: 3 }))).toEqual([
        'ann daily',
        'bob repeated',
        'cho repeated',
      ]);
      expect(await gotBy(await arrived({ ...limit, content: 3, day: 2 }))).toEqual(['ann', 'bob', 'cho']);
    });

    test('receivers beyond the limit of a minute are missed, also with a slightly slower clock', async () => {
      const { arrived, gotBy, missedBy } = await noticeWorld(open);
      const limit = { perMinute: 5, sentAt: start + minute };
      await arrived({ ...limit, content: 1 });
      const second = await arrived({ ...limit, content: 2, sentAt: start + minute - 1 });
      expect(await gotBy(second)).toEqual(['ann', 'bob']);
      expect(await missedBy(second)).toEqual(['cho minute']);
      expect(await missedBy(await arrived({ ...limit, content: 3 }))).toEqual([
        'ann minute',
        'bob minute',
        'cho minute',
      ]);
      expect(await missedBy(await arrived({ ...limit, content: 4, sentAt: start + 2 * minute }))).toEqual([]);
      expect(await missedBy(await arrived({ ...limit, content: 5, perMinute: null }))).toEqual([]);
    });

    test('an app sends a limited number of notices to all users on a day', async () => {
      const { accept, sent } = await noticeWorld(open);
      const toAll = { perMinute: null, toAllPerDay: 2 };
      await sent({ ...toAll, content: 1 });
      await sent({ ...toAll, content: 2 });
      expect(await accept({ ...toAll, content: 3 })).toBeUndefined();
      expect(await accept({ ...toAll, content: 3 })).toBeUndefined();
      await sent({ content: 4 });
      await sent({ ...toAll, content: 5, day: 2 });
    });

    test('of concurrent notices with the same content, each user gets one', async () => {
      const { sent, finish, store, corpId, users } = await noticeWorld(open);
      const all = await Promise.all(Array.from({ length: 6 }, () => sent()));
      await Promise.all(all.map(finish));
      for (const userId of [users.ann, users.bob, users.cho])
        expect(await inboxOf(store, corpId, userId)).toHaveLength(1);
    });

    test('a user who leaves before the delivery does not get the notice', async () => {
      const { sent, finish, gotBy, missedBy, store, corpId } = await noticeWorld(open);
      const messageId = await sent();
      await store.removeUser(corpId, 'bob', start);
      await finish(messageId);
      expect(await gotBy(messageId)).toEqual(['ann', 'cho']);
      expect(await missedBy(messageId)).toEqual(['bob left']);
    });

    test('a long delivery goes on behind the last receiver, and a recall takes it back from those who have it', async () => {
      const { store, corpId, sent, finish, crowd } = await noticeWorld(open);
      const receivers = await crowd(1200);
      const messageId = await sent({ receivers });
      const step = await store.deliverStep(corpId, messageId, start);
      expect(step).toMatchObject({ isDone: false, isRecall: false });
      const { handled } = must(await store.notices.find(corpId, messageId));
      expect(handled).toBe(step.touched.length);
      const has = (userId: number) => store.conversations.hasReceived(corpId, messageId, userId);
      expect(await has(must(receivers[0]))).toBe(true);
      expect(await has(must(receivers.at(-1)))).toBe(false);
      await store.recall(corpId, messageId, start);
      await finish(messageId);
      expect(told(await streamOf(store, corpId, must(receivers[0])))).toEqual([
        `1 message ${messageId}`,
        `2 recall ${messageId}`,
      ]);
      expect(await streamOf(store, corpId, must(receivers.at(-1)))).toEqual([]);
      expect(await store.notices.find(corpId, messageId)).toMatchObject({ isDelivered: true, param: null });
    });

    test('its receivers are stored in small parts, each of which ends when the delivery has passed it', async () => {
      const { store, corpId, sent, crowd, stored } = await noticeWorld(open);
      const receivers = await crowd(1200);
      const messageId = await sent({ receivers });
      expect((await stored()).flat()).toEqual(receivers);
      let handled = 0;
      for (let isDone = false; !isDone; ) {
        const parts = await stored();
        expect(Math.max(...parts.map(({ length }) => length))).toBeLessThanOrEqual(256);
        expect(must(parts[0]).at(-1)).toBeGreaterThan(receivers[handled - 1] ?? 0);
        const step = await store.deliverStep(corpId, messageId, start);
        handled += step.touched.length;
        isDone = step.isDone;
        expect(await store.notices.find(corpId, messageId)).toMatchObject({ total: 1200, handled });
      }
      expect([handled, await stored()]).toEqual([1200, []]);
    });

    test('the rest of the receivers of a recalled notice is removed with the notice', async () => {
      const { store, corpId, sent, finish, crowd, stored } = await noticeWorld(open);
      const messageId = await sent({ receivers: await crowd(600), sentAt: early });
      await store.recall(corpId, messageId, early);
      await finish(messageId);
      expect(await stored()).toHaveLength(3);
      while ((await store.conversations.pruneStep(corpId, early + 1)) || (await store.prune(corpId, early + 1, 9)) > 0);
      const steps: string[] = [];
      for (let removed = await store.notices.pruneStep(corpId, early + 1, 2); removed !== undefined; ) {
        steps.push(removed);
        removed = await store.notices.pruneStep(corpId, early + 1, 2);
      }
      expect([steps, await stored()]).toEqual([['rows', 'rows', 'notice'], []]);
    });

    test('a delivery goes on after a migration that moves its receivers', async () => {
      const { store, corpId, sent, finish, gotBy, crowd } = await noticeWorld(open);
      const receivers = await crowd(700);
      const messageId = await sent({ receivers });
      const { touched } = await store.deliverStep(corpId, messageId, start);
      const back = `drop table notice_receivers;
        alter table notices add column receivers text not null default '';
        update notices set receivers = '${receivers.join(',')}';
        alter table robots drop column cool_app_code;`;
      await store.driver.migrate(again(migrations, receiversStep, back));
      expect(await store.notices.find(corpId, messageId)).toMatchObject({ total: 700, handled: touched.length });
      await finish(messageId);
      expect(await gotBy(messageId)).toHaveLength(100);
      expect(await store.notices.find(corpId, messageId)).toMatchObject({ handled: 700, isDelivered: true });
    });

    test('a read counts once, and stays after a recall', async () => {
      const { arrived, store, corpId, users, finish } = await noticeWorld(open);
      const messageId = await arrived();
      expect(await store.markRead(corpId, users.bob, [messageId], start + 1)).toEqual([messageId]);
      expect(await store.markRead(corpId, users.bob, [messageId], start + 2)).toEqual([]);
      expect(await store.markRead(corpId, users.dee, [messageId], start + 2)).toEqual([]);
      await store.recall(corpId, messageId, start + 3);
      await finish(messageId);
      expect(await store.markRead(corpId, users.ann, [messageId], start + 4)).toEqual([]);
      const reads = await store.conversations.readers(corpId, messageId, 0, 9);
      expect(reads.map(({ userId, readAt }) => [userId, readAt])).toEqual([[users.bob, start + 1]]);
    });

    test('its receivers are members of no conversation that a list shows', async () => {
      const { arrived, store, corpId, users } = await noticeWorld(open);
      await arrived();
      expect(await store.conversations.ofUser(corpId, users.ann, 0, 9)).toEqual([]);
      expect(await store.groups.page(corpId, 0, 9)).toEqual([]);
    });

    test('a repeated code returns the first notice, and a refused notice releases its code', async () => {
      const { accept, sent } = await noticeWorld(open);
      const idempotency = { code: '/path a', since: start - day, content: 'x' };
      const first = await sent({ idempotency });
      const again = await Promise.all([accept({ idempotency }), accept({ idempotency })]);
      expect(again).toMatchObject([
        { messageId: first, content: 'x' },
        { messageId: first, content: 'x' },
      ]);
      const other = { code: '/path b', since: start - day };
      expect(await accept({ idempotency: other, toAllPerDay: 0 })).toBeUndefined();
      await sent({ idempotency: other });
    });

    test('notices are listed newest first, of one app or all, and only of the organization', async () => {
      const { sent, store, corpId, app, foreigner } = await noticeWorld(open);
      const next = await anApp(store, corpId, 'app-next');
      const ids = [await sent(), await sent({ appId: next.id }), await sent({ content: 9 })];
      const list = async (appId?: number, before = Number.MAX_SAFE_INTEGER, limit = 9) =>
        (await store.notices.page(corpId, appId, before, limit)).map(({ noticeId }) => ids.indexOf(noticeId));
      expect(await list()).toEqual([2, 1, 0]);
      expect(await list(app.id)).toEqual([2, 0]);
      expect(await list(undefined, must(ids[2]), 1)).toEqual([1]);
      expect(await store.notices.page(foreigner.corpId, undefined, Number.MAX_SAFE_INTEGER, 9)).toEqual([]);
      expect(await store.notices.find(foreigner.corpId, must(ids[0]))).toBeUndefined();
    });

    test('the text of a notice can be replaced until its recall', async () => {
      const { arrived, store, corpId, users } = await noticeWorld(open);
      const messageId = await arrived();
      expect(await store.notices.changeContent(corpId, messageId, (param) => param.replace('hi', 'ho'))).toBe(true);
      expect((await inboxOf(store, corpId, users.ann))[0]?.param).toBe('{"content":"ho"}');
      await store.recall(corpId, messageId, start);
      expect(await store.notices.changeContent(corpId, messageId, (param) => param)).toBe(false);
    });

    test('retention removes a notice with its receivers, in steps, and what users got on earlier days', async () => {
      const { arrived, store, corpId, users } = await noticeWorld(open);
      const old = await arrived({ sentAt: early });
      await arrived({ sentAt: early, content: 8, receivers: [users.ann], perDay: 1 });
      const kept = await arrived({ sentAt: early + day, day: 2 });
      while ((await store.conversations.pruneStep(corpId, early + 1)) || (await store.prune(corpId, early + 1, 9)) > 0);
      expect(await store.notices.find(corpId, old)).toBeUndefined();
      const steps: string[] = [];
      for (;;) {
        const removed = await store.notices.pruneStep(corpId, early + 1, 2);
        if (removed === undefined) break;
        steps.push(removed);
      }
      expect(steps).toEqual(['rows', 'rows', 'notice', 'rows', 'notice']);
      expect(await store.notices.pruneContents(corpId, 2, 2)).toBe(2);
      expect(await store.notices.pruneContents(corpId, 2, 9)).toBe(1);
      const { tables } = await store.dump();
      const counts = ['notices', 'notice_misses', 'conversations', 'members', 'notice_contents'].map(
        (name) => tables[name]?.length,
      );
      expect(counts).toEqual([1, 0, 1, 3, 3]);
      expect(await store.notices.find(corpId, kept)).toMatchObject({ total: 3 });
    });

    test('templates belong to an app, and are replaced', async () => {
      const { store, corpId, app, foreigner } = await noticeWorld(open);
      const template = { code: 't', state: 'active', msg: '{"msgtype":"text"}' } as const;
      await store.notices.putTemplate(corpId, app.id, template);
      await store.notices.putTemplate(corpId, app.id, { ...template, state: 'stopped' });
      expect(await store.notices.findTemplate(corpId, app.id, 't')).toEqual({ ...template, state: 'stopped' });
      expect(await store.notices.findTemplate(corpId, app.id, 'u')).toBeUndefined();
      expect(await store.notices.findTemplate(corpId, app.id + 1, 't')).toBeUndefined();
      expect(await store.notices.findTemplate(foreigner.corpId, app.id, 't')).toBeUndefined();
    });

    test('receivers are found by userId, by department, and all of them', async () => {
      const { store, corpId, users } = await noticeWorld(open);
      await store.departments.put([{ corpId, id: 10, parentId: 1, name: 'a', position: 1 }]);
      await store.contacts.change(corpId, [
        { corpId, code: 'bob', fields: {}, memberships: [{ departmentId: 10, leader: false, position: 0 }] },
      ]);
      expect([...(await store.notices.findReceivers(corpId, ['ann', 'x', 'ann']))]).toEqual([['ann', users.ann]]);
      expect(await store.notices.receiversIn(corpId, [10, 11])).toEqual([users.bob]);
      const all = Object.values(users).sort((a, b) => a - b);
      expect(await store.notices.allReceivers(corpId, 0, 9)).toEqual(all);
      expect(await store.notices.allReceivers(corpId, must(all[0]), 2)).toEqual(all.slice(1, 3));
    });
  });
}
