import { describe, expect, test } from 'vitest';
import type { RobotChat } from '../talk/chats.ts';
import type { Speech } from '../talk/speech.ts';
import { aGroup } from './conversations.contract.ts';
import {
  day,
  early,
  inboxOf,
  minute,
  must,
  type Open,
  opened,
  start,
  streamOf,
  unreadOf,
  type World,
  world,
} from './world.contract.ts';

/** Creates a message of ann to the robot of the world. */
function aSpeech({ corpId, users, robot }: World, given: Partial<Speech> = {}): Speech {
  const to = { robotId: robot.id, conversationId: null };
  const content = { kind: 60, param: '{"content":"hi"}', quotedId: null };
  return { corpId, userId: users.ann, ...to, ...content, sentAt: start, perMinute: 60, ...given };
}

/** Writes a message that must be accepted. Returns its number. */
async function speak(scene: World, given: Partial<Speech> = {}): Promise<number> {
  const spoken = await scene.store.talk.speak(aSpeech(scene, given));
  if (spoken.outcome !== 'accepted') throw new Error(spoken.outcome);
  return spoken.messageId;
}

/** Creates a chat of the robot of the world with ann. */
async function aChat({ store, corpId, users, robot }: World, given: Partial<RobotChat> = {}): Promise<RobotChat> {
  const id = await store.number('chat');
  const place = { corpId, robotId: robot.id, userId: users.ann, conversationId: 0 };
  return { id, ...place, openId: 'cidOfTwo=', expiresAt: start + minute, ...given };
}

/** Stores rows in every table about what people write. */
export async function runTalk(scene: World): Promise<void> {
  const { store, corpId, users, robot, app } = scene;
  const { talk } = store;
  const group = await aGroup(scene);
  const messageId = await speak(scene, { idempotency: { code: '/say 1 a', since: 0, content: 'x' } });
  const toGroup = await speak(scene, { robotId: 0, conversationId: group.id, quotedId: null });
  await speak(scene, { robotId: 0, conversationId: group.id, quotedId: toGroup });
  await store.deliverStep(corpId, toGroup, start);
  await store.markRead(corpId, users.bob, [toGroup], start);
  const chat = await talk.extendChat(await aChat(scene));
  await talk.chat(corpId, chat.id);
  await talk.chatAt(chat);
  await talk.chatByOpenId(corpId, chat.openId ?? '');
  await talk.count(corpId, 'session', chat.id, start, 20);
  await talk.isSpent(corpId, 'session', chat.id, start, 20);
  await talk.ensureId(corpId, { robotId: robot.id, userId: 0 }, '$:LWCP_v1:$AAAA');
  await talk.message(corpId, messageId);
  const emotion = { corpId, messageId, robotId: robot.id, name: '👀', text: '👀' };
  await talk.attachEmotion(emotion, start);
  await talk.attachEmotion({ ...emotion, messageId: toGroup }, start);
  await talk.detachEmotion({ ...emotion, messageId: toGroup });
  await talk.putCallbackUrl(corpId, app.id, 'https://example.com');
  await talk.putCallbackSecret(corpId, app.id, 'encrypted');
  await talk.callback(corpId, app.id);
  await talk.pruneEmotions(corpId, early, 100);
}

/** Inserts rows of 20 organizations, so many that a plan without an index would be slow. */
export const insertTalk = `
    insert into robot_chats (corp_id, id, robot_id, user_id, conversation_id, open_id, expires_at)
      select 100 + n % 20, 9000 + n, n % 9, n, 0, 'cid' || n, n from generate_series(1, 5000) n;
    insert into dingtalk_ids (corp_id, robot_id, user_id, code)
      select 100 + n % 20, 0, n, 'd' || n from generate_series(1, 5000) n;
    insert into talk_rates (corp_id, kind, id, minute, sent)
      select 100 + n % 20, n % 2, n, 1, 1 from generate_series(1, 5000) n;
    insert into emotions (corp_id, message_id, robot_id, name, text, created_at)
      select 100 + n % 20, n, n % 9, 'e', 'e', n from generate_series(1, 5000) n;
    insert into app_callbacks (corp_id, app_id, message_url)
      select 100 + n % 20, n, 'https://a' from generate_series(1, 5000) n;`;

export function describeTalk(open: Open): void {
  const scene = async () => world((await opened(open)).store);

  describe('a message of a person', () => {
    test('to a robot is in the own inbox at once, read, without a receipt or an event', async () => {
      const there = await scene();
      const { store, corpId, users, robot } = there;
      const messageId = await speak(there);
      const person = { code: 'ann', name: 'ANN 某' };
      const plain = {
        messageId,
        robotId: robot.id,
        kind: 60,
        sender: 2,
        conversation: null,
        quoted: null,
        emotions: [],
      };
      expect(await inboxOf(store, corpId, users.ann)).toEqual([
        expect.objectContaining({ ...plain, person, readAt: start, param: '{"content":"hi"}' }),
      ]);
      expect(await unreadOf(store, corpId, users.ann)).toBe(0);
      expect(await store.markRead(corpId, users.ann, [messageId], start + 1)).toEqual([]);
      expect(await store.operator.lastEvent(corpId)).toBe(0);
      expect(await store.pendingCount()).toBe(0);
    });

    test('is neither listed nor counted among the messages of the console', async () => {
      const there = await scene();
      const { store, corpId, robot, send } = there;
      const group = await aGroup(there);
      await speak(there);
      await speak(there, { robotId: 0, conversationId: group.id });
      const { messageId } = await send({ conversationId: group.id, userCodes: [] });
      for (const walk of [
        { along: 'all', corpId },
        { along: 'robot', corpId, robotId: robot.id },
        { along: 'conversation', corpId, conversationId: group.id },
        { along: 'pending', corpId },
      ] as const) {
        const listed = await store.operator.messagesBefore(walk, [start + 1, 0], 0, 9);
        expect(listed.map((one) => one.messageId)).toEqual([messageId]);
        expect(await store.operator.totalOfWalk(walk, start, start + 1)).toBe(1);
      }
    });

    test('is neither listed nor counted when the console lists the messages of one user', async () => {
      const there = await scene();
      const { store, corpId, users, arrive } = there;
      const messageId = await arrive();
      await speak(there);
      const walk = { along: 'user', corpId, userId: users.ann } as const;
      const listed = await store.operator.messagesBefore(walk, [Number.MAX_SAFE_INTEGER, 0], 0, 9);
      expect(listed.map((one) => one.messageId)).toEqual([messageId]);
      expect(await store.operator.totalOfWalk(walk, 0, start + 1)).toBe(1);
    });

    test('to a conversation reaches the other members, who can read it without a receipt', async () => {
      const there = await scene();
      const { store, corpId, users } = there;
      const group = await aGroup(there);
      const quotedId = await speak(there, { robotId: 0, conversationId: group.id });
      const messageId = await speak(there, { robotId: 0, conversationId: group.id, quotedId });
      const has = (userId: number) => store.conversations.hasReceived(corpId, messageId, userId);
      expect([await has(users.ann), await has(users.bob)]).toEqual([true, false]);
      const step = await store.deliverStep(corpId, messageId, start);
      expect(step.isDelivered).toBe(true);
      await store.deliverStep(corpId, quotedId, start);
      const [, shown] = await inboxOf(store, corpId, users.bob);
      expect(shown).toMatchObject({
        messageId,
        readAt: null,
        quoted: { messageId: quotedId, person: { code: 'ann' } },
      });
      expect((await inboxOf(store, corpId, users.ann)).map((one) => one.messageId)).toEqual([messageId, quotedId]);
      expect(await unreadOf(store, corpId, users.bob)).toBe(2);
      expect(await store.markRead(corpId, users.bob, [messageId], start + 1)).toEqual([messageId]);
      expect(await unreadOf(store, corpId, users.bob)).toBe(1);
      expect(await store.conversations.readers(corpId, messageId, 0, 10)).toEqual([]);
      expect(await store.operator.lastEvent(corpId)).toBe(0);
    });

    test('is refused for who is no member, and beyond the limit of a minute', async () => {
      const there = await scene();
      const { store, users } = there;
      const group = await aGroup(there);
      const given = { robotId: 0, conversationId: group.id, perMinute: 2 };
      const say = async (more: Partial<Speech>) =>
        (await store.talk.speak(aSpeech(there, { ...given, ...more }))).outcome;
      expect(await say({ userId: users.dee })).toBe('noMember');
      expect([await say({}), await say({}), await say({})]).toEqual(['accepted', 'accepted', 'tooMany']);
      expect(await say({ userId: users.bob })).toBe('accepted');
      expect(await say({ sentAt: start + minute })).toBe('accepted');
      await store.conversations.disband(there.corpId, group.id, start);
      expect(await say({ sentAt: start + 2 * minute })).toBe('noMember');
    });

    test('with an idempotency code is stored once, also if it was refused before', async () => {
      const there = await scene();
      const { store, corpId, users } = there;
      const idempotency = { code: '/say 1 a', since: start - day, content: 'x' };
      const say = (given: Partial<Speech> = {}) => store.talk.speak(aSpeech(there, { idempotency, ...given }));
      await store.talk.speak(aSpeech(there, { userId: users.ann }));
      expect((await say({ perMinute: 1 })).outcome).toBe('tooMany');
      const all = await Promise.all([say(), say(), say()]);
      expect(all.map(({ outcome }) => outcome).sort()).toEqual(['accepted', 'repeated', 'repeated']);
      expect((await say({ idempotency: { ...idempotency, content: 'y' } })).outcome).toBe('mismatch');
      expect(await inboxOf(store, corpId, users.ann)).toHaveLength(2);
    });

    test('is removed by retention with its copies and emotions', async () => {
      const there = await scene();
      const { store, corpId, users, robot } = there;
      const messageId = await speak(there, { sentAt: early });
      await store.talk.attachEmotion({ corpId, messageId, robotId: robot.id, name: 'a', text: 'a' }, early);
      expect(await store.talk.pruneEmotions(corpId, early + 1, 10)).toBe(1);
      expect(await store.prune(corpId, early + 1, 10)).toBe(1);
      expect(await inboxOf(store, corpId, users.ann)).toEqual([]);
      expect(await store.talk.message(corpId, messageId)).toBeUndefined();
    });
  });

  describe('an emotion', () => {
    test('is shown once, and reaches those who have the message', async () => {
      const there = await scene();
      const { store, corpId, users, robot } = there;
      const group = await aGroup(there);
      const messageId = await speak(there, { robotId: 0, conversationId: group.id });
      await store.deliverStep(corpId, messageId, start);
      const emotion = { corpId, messageId, robotId: robot.id, name: '👀', text: '👀 reading' };
      const touched = await store.talk.attachEmotion(emotion, start);
      expect(touched.map(({ userId }) => userId)).toEqual([users.ann, users.bob, users.cho]);
      expect(await store.talk.attachEmotion(emotion, start)).toEqual([]);
      const last = must((await streamOf(store, corpId, users.bob)).at(-1));
      expect(last).toMatchObject({
        event: 'emotion',
        messageId,
        emotions: [{ robotId: robot.id, text: '👀 reading' }],
      });
      expect(await store.talk.detachEmotion(emotion)).toHaveLength(3);
      expect(await store.talk.detachEmotion(emotion)).toEqual([]);
      expect((await inboxOf(store, corpId, users.bob))[0]?.emotions).toEqual([]);
    });
  });

  describe('the chat of a robot', () => {
    test('is stored once for a place, and its end moves', async () => {
      const there = await scene();
      const { store, corpId } = there;
      const first = await store.talk.extendChat(await aChat(there));
      const later = { expiresAt: start + day };
      expect(await store.talk.extendChat(await aChat(there, { ...later, openId: 'cidOther=' }))).toEqual({
        ...first,
        ...later,
      });
      expect(await store.talk.chat(corpId, first.id)).toEqual({ ...first, ...later });
      expect(await store.talk.chatByOpenId(corpId, 'cidOfTwo=')).toEqual({ ...first, ...later });
      expect(await store.talk.chatByOpenId(there.foreigner.corpId, 'cidOfTwo=')).toBeUndefined();
      expect(await store.talk.chatAt({ ...first, userId: there.users.bob })).toBeUndefined();
    });

    test('has an id of its robot and of each user that never changes', async () => {
      const { store, corpId, users, robot } = await scene();
      const ofRobot = { robotId: robot.id, userId: 0 };
      expect(await store.talk.ensureId(corpId, ofRobot, 'a')).toBe('a');
      expect(await store.talk.ensureId(corpId, ofRobot, 'b')).toBe('a');
      expect(await store.talk.ensureId(corpId, { robotId: 0, userId: users.ann }, 'c')).toBe('c');
    });
  });

  test('the secret of an app is kept only for one with a callback', async () => {
    const { store, corpId, app } = await scene();
    await store.talk.putCallbackSecret(corpId, app.id, 'secret');
    expect(await store.talk.callback(corpId, app.id)).toBeUndefined();
    expect(await store.talk.putCallbackUrl(corpId, app.id, 'https://a')).toBeNull();
    await store.talk.putCallbackSecret(corpId, app.id, 'secret');
    expect(await store.talk.putCallbackUrl(corpId, app.id, null)).toBe('https://a');
    expect(await store.talk.callback(corpId, app.id)).toEqual({ url: null, secret: 'secret' });
  });
}
