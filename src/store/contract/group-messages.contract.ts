import { describe, expect, test } from 'vitest';
import type { NewConversation } from '../conversations/conversations.ts';
import type { Accepted, Send } from '../model.ts';
import type { Store } from '../store.ts';
import { aGroup } from './conversations.contract.ts';
import {
  anApp,
  day,
  inboxOf,
  minute,
  must,
  type Open,
  opened,
  start,
  streamOf,
  told,
  unreadOf,
  type World,
  world,
} from './world.contract.ts';

/** A group in a world, and how to send to it. */
type Scene = World & {
  readonly group: NewConversation;
  sendToGroup(given?: Partial<Send>): Promise<Accepted>;
  /** Runs steps until the message is delivered or taken back. Resolves with the number of streams touched by each. */
  finish(messageId: number): Promise<readonly number[]>;
};

async function groupScene(open: Open, size?: number): Promise<Scene> {
  const scene = await world((await opened(open)).store);
  const group = await aGroup(scene, size === undefined ? {} : { userIds: await manyUsers(scene, size) });
  return {
    ...scene,
    group,
    sendToGroup: (given) => scene.send({ conversationId: group.id, userCodes: [], ...given }),
    finish: (messageId) => finish(scene.store, scene.corpId, messageId),
  };
}

async function manyUsers({ store, corpId }: World, size: number): Promise<readonly number[]> {
  await store.putUsers(
    corpId,
    Array.from({ length: size }, (_, i) => ({ code: `u${i}`, name: `u${i}` })),
  );
  return (await store.usersPage(corpId, 'tz', size)).map(({ id }) => id);
}

async function finish(store: Store, corpId: number, messageId: number): Promise<readonly number[]> {
  const touched: number[] = [];
  for (;;) {
    const step = await store.deliverStep(corpId, messageId, start);
    touched.push(step.touched.length);
    if (step.isDone) return touched;
  }
}

const ids = (messages: readonly { readonly messageId: number }[]) => messages.map(({ messageId }) => messageId);
const sumOf = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

/** Reads the readers of a message in the order of reading, page by page. */
async function readersOf(store: Store, corpId: number, messageId: number, pageSize = 2): Promise<readonly number[]> {
  const readers: number[] = [];
  for (let after = 0; ; ) {
    const page = await store.conversations.readers(corpId, messageId, after, pageSize);
    readers.push(...page.map(({ userId }) => userId));
    if (page.length < pageSize) return readers;
    after = must(page.at(-1)).seq;
  }
}

export function describeGroupMessages(open: Open): void {
  describe('a message to a conversation', () => {
    test('reaches the members of the moment of the send, each once', async () => {
      const { store, corpId, users, group, sendToGroup, finish } = await groupScene(open);
      const { messageId } = await sendToGroup({ param: '{"content":"hello"}' });
      await store.conversations.addMembers(corpId, group.id, [users.dee]);
      await store.conversations.removeMembers(corpId, group.id, [users.bob], start);
      const later = await sendToGroup();
      expect(await finish(messageId)).toEqual([3]);
      expect(await finish(messageId)).toEqual([0]);
      await finish(later.messageId);
      const got = async (userId: number) => ids(await inboxOf(store, corpId, userId));
      expect(await got(users.ann)).toEqual([later.messageId, messageId]);
      expect(await got(users.bob)).toEqual([messageId]);
      expect(await got(users.dee)).toEqual([later.messageId]);
      expect(await got(users.eve)).toEqual([]);
      expect((await inboxOf(store, corpId, users.bob))[0]).toMatchObject({
        param: '{"content":"hello"}',
        conversation: { openId: group.openId, title: group.title },
      });
    });

    test('has a receipt without deliveries, which says to which conversation it was sent', async () => {
      const { store, corpId, group, sendToGroup, finish, arrive } = await groupScene(open);
      const { messageId } = await sendToGroup();
      const receipt = { conversationId: group.id, state: 'queued', recalledAt: null, deliveries: [] };
      for (let i = 0; i < 3; i++) expect(await store.receipt(corpId, messageId)).toMatchObject(receipt);
      await finish(messageId);
      for (let i = 0; i < 3; i++)
        expect(await store.receipt(corpId, messageId)).toMatchObject({ ...receipt, state: 'delivered' });
      expect(await store.receipt(corpId, await arrive())).toMatchObject({ conversationId: null });
    });

    test('is not stored if the conversation is disbanded, of another organization or unknown', async () => {
      const { store, corpId, foreigner, group, sending } = await groupScene(open);
      const idempotency = { code: 'once', since: 0 };
      const toGroup = { conversationId: group.id, userCodes: [], idempotency };
      const strange = { ...toGroup, corpId: foreigner.corpId, robot: foreigner.robot };
      expect(await store.accept(sending(strange))).toBeUndefined();
      expect(await store.accept(sending({ ...toGroup, conversationId: 999 }))).toBeUndefined();
      await store.conversations.disband(corpId, group.id, start);
      expect(await store.accept(sending(toGroup))).toBeUndefined();
      expect((await store.dump()).tables).toMatchObject({ messages: [], contents: [], idempotency: [] });
    });

    test('is accepted once for each idempotency code, and together with other sends', async () => {
      const { store, corpId, users, group, sending, finish } = await groupScene(open);
      const idempotency = { code: 'once', since: 0, content: 'x' };
      const toGroup = () => store.accept(sending({ conversationId: group.id, userCodes: [], idempotency }));
      const [one, other, two, toUsers] = await Promise.all([
        toGroup(),
        store.accept(sending({ conversationId: group.id, userCodes: [] })),
        toGroup(),
        store.accept(sending({ userCodes: ['eve'] })),
      ]);
      expect(must(two).messageId).toBe(must(one).messageId);
      expect(must(other).messageId).not.toBe(must(one).messageId);
      await store.settle(corpId, must(toUsers).messageId, start);
      await finish(must(one).messageId);
      await finish(must(other).messageId);
      expect(ids(await inboxOf(store, corpId, users.ann)).sort()).toEqual(
        [must(one), must(other)].map((m) => m.messageId).sort(),
      );
      expect(ids(await inboxOf(store, corpId, users.eve))).toEqual([must(toUsers).messageId]);
    });

    test('does not count in flow limits, and blocks of users do not filter it', async () => {
      const { store, corpId, users, robot, sendToGroup, finish, sending } = await groupScene(open);
      const limited = { ...robot, perUserPerDay: 1 };
      await store.blocks.choose(corpId, users.ann, robot, { blocked: true }, start);
      for (let i = 0; i < 3; i++) await finish((await sendToGroup({ robot: limited })).messageId);
      expect(await inboxOf(store, corpId, users.ann)).toHaveLength(3);
      expect(must(await store.accept(sending({ robot: limited, userCodes: ['bob'] }))).flowControlled).toEqual([]);
    });

    test('reaches each member after the earlier messages of its conversation, and of no other', async () => {
      const scene = await groupScene(open, 700);
      const { store, corpId, send, sendToGroup, finish } = scene;
      const [first, second] = [await sendToGroup(), await sendToGroup({ sentAt: start + 1 })];
      const step = async ({ messageId }: Accepted) => {
        const { touched, isWaiting } = await store.deliverStep(corpId, messageId, start + 1);
        return { users: touched.map(({ userId }) => userId), isWaiting };
      };
      const begun = (await step(first)).users;
      const behind: number[] = [];
      for (let next = await step(second); next.users.length > 0; next = await step(second)) behind.push(...next.users);
      expect(behind).toEqual(begun);
      expect(await step(second)).toEqual({ users: [], isWaiting: true });
      const small = await aGroup(scene);
      const other = await send({ conversationId: small.id, userCodes: [], sentAt: start + 2 });
      expect(await finish(other.messageId)).toEqual([3]);
      await store.recall(corpId, first.messageId, start + 2);
      expect(sumOf(await finish(second.messageId))).toBe(700 - begun.length);
      expect(sumOf(await finish(first.messageId))).toBe(begun.length);
      for (const userId of [must(begun[0]), must(begun.at(-1))]) {
        const messages = told(await streamOf(store, corpId, userId)).filter((line) => line.includes('message'));
        expect(messages).toHaveLength(2);
        expect(messages[0]).toContain(`${first.messageId}`);
      }
    });

    test('waits for no earlier message when it is overdue', async () => {
      const { store, corpId, sendToGroup, finish } = await groupScene(open, 700);
      const [first, second] = [await sendToGroup(), await sendToGroup({ sentAt: start + 1 })];
      await store.deliverStep(corpId, first.messageId, start);
      for (let isDone = false; !isDone; )
        isDone = (await store.deliverStep(corpId, second.messageId, start, true)).isDone;
      expect(sumOf(await finish(first.messageId))).toBeGreaterThan(0);
    });

    test('is pending until its last step, which appends the event of the delivery', async () => {
      const { store, corpId, robot, sendToGroup } = await groupScene(open, 700);
      const { messageId } = await sendToGroup();
      const events = async () => (await store.operator.eventsSince(corpId, 0, 99)).map(({ event }) => event);
      const conversationId = must(await store.receipt(corpId, messageId)).conversationId;
      let reached = 0;
      for (let isDone = false; !isDone; ) {
        expect(await store.pending({ corpId: 0, messageId: 0 }, 9)).toMatchObject([
          { messageId, conversationId, isRecalled: false },
        ]);
        expect(await events()).toEqual(['sent']);
        const step = await store.deliverStep(corpId, messageId, start + minute);
        expect(step.touched.length).toBeLessThanOrEqual(store.driver.engine === 'sqlite' ? 200 : 500);
        expect(step.isDelivered).toBe(step.isDone);
        reached += step.touched.length;
        isDone = step.isDone;
        expect(await store.recipients(corpId, messageId)).toHaveLength(700);
      }
      expect(reached).toBe(700);
      expect(await store.pendingCount()).toBe(0);
      expect(await events()).toEqual(['sent', 'delivered']);
      const [hour] = await store.operator.statistics(corpId, robot.id, start, start + 1);
      expect(hour).toMatchObject({ sends: 1, deliveries: 700 });
    });

    test('can be read by the members that a step has reached, and by no others', async () => {
      const { store, corpId, users, sendToGroup } = await groupScene(open, 700);
      const { messageId } = await sendToGroup();
      const [first, last] = [must((await store.usersPage(corpId, 'tz', 1))[0]).id, users.ann];
      expect(await store.markRead(corpId, first, [messageId], start)).toEqual([]);
      const { touched } = await store.deliverStep(corpId, messageId, start);
      const reader = must(touched[0]).userId;
      expect(await store.markRead(corpId, reader, [messageId], start + 5)).toEqual([messageId]);
      expect(await store.markRead(corpId, last, [messageId], start)).toEqual([]);
      expect(await readersOf(store, corpId, messageId)).toEqual([reader]);
      expect(told(await streamOf(store, corpId, reader))).toEqual([`1 message ${messageId}`, `2 read ${messageId}`]);
    });

    test('is delivered exactly once to each member by steps that run at the same time', async () => {
      const { store, corpId, sendToGroup } = await groupScene(open, 900);
      const { messageId } = await sendToGroup();
      const touched = await Promise.all([1, 2, 3].map(() => finish(store, corpId, messageId)));
      expect(sumOf(touched.flat())).toBe(900);
      const people = await store.recipients(corpId, messageId);
      for (const { id } of people.slice(0, 50))
        expect(told(await streamOf(store, corpId, id))).toEqual([`1 message ${messageId}`]);
    });

    test('reaches no member who has left the organization, and those behind them', async () => {
      const { store, corpId, users, sendToGroup, finish } = await groupScene(open);
      const { messageId } = await sendToGroup();
      await store.removeUser(corpId, 'bob', start);
      expect(await finish(messageId)).toEqual([2]);
      expect(await inboxOf(store, corpId, users.bob)).toEqual([]);
      expect(await inboxOf(store, corpId, users.cho)).toHaveLength(1);
    });
  });

  describe('a recall of a message to a conversation', () => {
    test('ends the delivery, and takes the message back from all who have got it', async () => {
      const { store, corpId, sendToGroup, finish } = await groupScene(open, 1200);
      const { messageId } = await sendToGroup();
      const first = await store.deliverStep(corpId, messageId, start);
      const second = await store.deliverStep(corpId, messageId, start);
      const reached = [...first.touched, ...second.touched].map(({ userId }) => userId);
      expect(reached.length).toBeLessThan(1200);
      expect(await store.recall(corpId, messageId, start + 9)).toEqual([]);
      expect(await store.receipt(corpId, messageId)).toMatchObject({ recalledAt: start + 9 });
      expect(await store.pending({ corpId: 0, messageId: 0 }, 9)).toMatchObject([{ messageId, isRecalled: true }]);
      expect(sumOf(await finish(messageId))).toBe(reached.length);
      expect(await store.pendingCount()).toBe(0);
      for (const userId of [must(reached[0]), must(reached.at(-1))]) {
        expect(await inboxOf(store, corpId, userId)).toEqual([]);
        expect(told(await streamOf(store, corpId, userId))).toEqual([
          `1 recall ${messageId}`.replace('recall', 'message'),
          `2 recall ${messageId}`,
        ]);
      }
      const unreached = (await store.usersPage(corpId, 'tz', 1200)).find(({ id }) => !reached.includes(id));
      expect(await streamOf(store, corpId, must(unreached).id)).toEqual([]);
      const events = (await store.operator.eventsSince(corpId, 0, 99)).map(({ event }) => event);
      expect(events).toEqual(['sent', 'recalled']);
    });

    test('after the delivery keeps the reads, and allows no further one', async () => {
      const { store, corpId, users, sendToGroup, finish } = await groupScene(open);
      const { messageId } = await sendToGroup();
      await finish(messageId);
      await store.markRead(corpId, users.bob, [messageId], start + 1);
      await store.recall(corpId, messageId, start + 2);
      expect(await store.recall(corpId, messageId, start + 3)).toEqual([]);
      expect(await store.markRead(corpId, users.ann, [messageId], start + 3)).toEqual([]);
      expect(await finish(messageId)).toEqual([3]);
      expect(await readersOf(store, corpId, messageId)).toEqual([users.bob]);
      expect(await unreadOf(store, corpId, users.ann)).toBe(0);
      expect(await store.receipt(corpId, messageId)).toMatchObject({ recalledAt: start + 2, state: 'delivered' });
    });

    test('before the first step reaches no inbox', async () => {
      const { store, corpId, users, sendToGroup, finish } = await groupScene(open);
      const { messageId } = await sendToGroup();
      await store.recall(corpId, messageId, start);
      expect(await finish(messageId)).toEqual([0]);
      expect(await streamOf(store, corpId, users.ann)).toEqual([]);
    });
  });

  describe('reads of a message to a conversation', () => {
    test('are listed in the order of reading, each once, also in the events', async () => {
      const { store, corpId, users, robot, sendToGroup, finish } = await groupScene(open);
      const { messageId } = await sendToGroup();
      await finish(messageId);
      const at = start + minute;
      expect(await store.markRead(corpId, users.cho, [messageId], at, 'mark')).toEqual([messageId]);
      expect(await store.markRead(corpId, users.ann, [messageId, messageId], at - 5, 'seen')).toEqual([messageId]);
      expect(await store.markRead(corpId, users.cho, [messageId], at + 1)).toEqual([]);
      expect(await store.markRead(corpId, users.eve, [messageId], at)).toEqual([]);
      expect(await store.markRead(corpId, users.bob, [messageId], start - minute)).toEqual([messageId]);
      expect(await store.conversations.readers(corpId, messageId, 0, 9)).toMatchObject([
        { userId: users.cho, readAt: at, manner: 'mark' },
        { userId: users.ann, readAt: at - 5, manner: 'seen' },
        { userId: users.bob, readAt: start, manner: null },
      ]);
      const events = (await store.operator.eventsSince(corpId, 2, 99)).map(({ userId, at, manner }) => [
        userId,
        at,
        manner,
      ]);
      expect(events).toEqual([
        [users.cho, at, 'mark'],
        [users.ann, at - 5, 'seen'],
        [users.bob, start, null],
      ]);
      expect(await unreadOf(store, corpId, users.cho)).toBe(0);
      expect((await inboxOf(store, corpId, users.cho))[0]).toMatchObject({ readAt: at });
      const [hour] = await store.operator.statistics(corpId, robot.id, start, start + 1);
      expect(sumOf(must(hour).reads)).toBe(3);
    });

    test('leave the other recipients as non-readers, page by page, with whether they got the message', async () => {
      const { store, corpId, users, sendToGroup, finish, arrive, foreigner, group } = await groupScene(open, 400);
      const { messageId } = await sendToGroup();
      await store.conversations.addMembers(corpId, group.id, [users.ann]);
      const { touched } = await store.deliverStep(corpId, messageId, start);
      const recipients = (await store.recipients(corpId, messageId)).map(({ id }) => id);
      const readers = touched.slice(3, 6).map(({ userId }) => userId);
      for (const userId of readers) await store.markRead(corpId, userId, [messageId], start);
      const nonReaders = async () => {
        const found = [];
        for (let after = 0; ; ) {
          const page = await store.conversations.nonReaders(corpId, messageId, after, 150);
          found.push(...page.users);
          if (page.isAll) return found;
          after = page.to;
        }
      };
      const found = await nonReaders();
      expect(found.map(({ userId }) => userId)).toEqual(recipients.filter((id) => !readers.includes(id)));
      expect(found.filter(({ isDelivered }) => isDelivered)).toHaveLength(touched.length - readers.length);
      await finish(messageId);
      expect((await nonReaders()).every(({ isDelivered }) => isDelivered)).toBe(true);
      const none = { users: [], to: 0, isAll: true };
      expect(await store.conversations.nonReaders(corpId, await arrive(), 0, 9)).toEqual(none);
      expect(await store.conversations.nonReaders(foreigner.corpId, messageId, 0, 9)).toEqual(none);
    });

    test('at the same time are all stored, in one order for every page', async () => {
      const { store, corpId, sendToGroup, finish, arrive, users } = await groupScene(open, 150);
      const { messageId } = await sendToGroup();
      await finish(messageId);
      const toUsers = await arrive();
      const readers = (await store.recipients(corpId, messageId)).map(({ id }) => id);
      const seen: number[] = [];
      const paging = (async () => {
        for (let after = 0; seen.length < readers.length; ) {
          const page = await store.conversations.readers(corpId, messageId, after, 7);
          seen.push(...page.map(({ userId }) => userId));
          after = page.at(-1)?.seq ?? after;
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      const fresh = await Promise.all([
        ...readers.map((userId) => store.markRead(corpId, userId, [messageId, toUsers], start + 1)),
        ...[users.ann, users.bob].map((userId) => store.markRead(corpId, userId, [toUsers], start + 2, 'seen')),
      ]);
      await paging;
      expect(fresh.flat().filter((id) => id === messageId)).toHaveLength(150);
      expect(seen.toSorted((a, b) => a - b)).toEqual(readers);
      expect(await readersOf(store, corpId, messageId, 20)).toEqual(seen);
      const receipt = must(await store.receipt(corpId, toUsers));
      expect(receipt.deliveries.map(({ readAt }) => readAt)).toEqual([start + 2, start + 2]);
      const numbers = (await store.operator.eventsSince(corpId, 0, 999)).map(({ seq }) => seq);
      expect(numbers).toEqual(numbers.map((_, i) => i + 1));
    });

    test('are found in a stream that has entries of a later day', async () => {
      const { store, corpId, users, sendToGroup, finish, arrive } = await groupScene(open);
      const { messageId } = await sendToGroup();
      await arrive({ sentAt: start + day });
      await finish(messageId);
      expect(await store.markRead(corpId, users.ann, [messageId], start + day)).toEqual([messageId]);
      expect(await store.markRead(corpId, users.ann, [messageId], start + day)).toEqual([]);
      expect(await readersOf(store, corpId, messageId)).toEqual([users.ann]);
    });

    test('are not visible from another organization', async () => {
      const { store, corpId, users, sendToGroup, finish, foreigner } = await groupScene(open);
      await anApp(store, foreigner.corpId, 'app-three');
      const { messageId } = await sendToGroup();
      await finish(messageId);
      await store.markRead(corpId, users.ann, [messageId], start);
      expect(await store.conversations.readers(foreigner.corpId, messageId, 0, 9)).toEqual([]);
      expect(await store.markRead(foreigner.corpId, users.bob, [messageId], start)).toEqual([]);
      expect(await store.receipt(foreigner.corpId, messageId)).toBeUndefined();
      expect(await store.deliverStep(foreigner.corpId, messageId, start)).toMatchObject({ touched: [], isDone: true });
      expect(await store.recipients(foreigner.corpId, messageId)).toEqual([]);
    });
  });
}
