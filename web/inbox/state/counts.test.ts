import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { InboxConversation, InboxConversationsAnswer } from '../../../src/client/answers.ts';
import { type Counts, createCounts } from './counts.ts';

/** What the server counts: `sequence` is the number of its newest event. */
let server: InboxConversationsAnswer;
/** The requests that have no answer yet. */
let requests: { answer(): void; fail(): void }[];
/** The unread counts that the page shows, oldest first. */
let shown: number[];
let counts: Counts;

const conversation = (unreadCount: number): InboxConversation => ({
  ...{ conversationId: 'group:cid1', kind: 'group', title: 'Group', openConversationId: 'cid1', state: 'open' },
  ...{ muted: false, unreadCount, lastMessage: null, robot: null },
});

const answer = (unreadCount: number, sequence: number): InboxConversationsAnswer => ({
  conversations: [conversation(unreadCount)],
  sequence,
});

/** Lets the pause before a request pass. */
const pass = () => vi.advanceTimersByTimeAsync(200);

const respond = async () => {
  requests.shift()?.answer();
  await vi.advanceTimersByTimeAsync(0);
};

beforeEach(() => {
  vi.useFakeTimers();
  [requests, shown] = [[], []];
  vi.stubGlobal('window', globalThis);
  vi.stubGlobal('fetch', () => {
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const now = server;
    requests.push({ answer: () => resolve(Response.json(now)), fail: () => reject(new Error('no network')) });
    return promise;
  });
  counts = createCounts((list) => shown.push(...list.map(({ unreadCount }) => unreadCount)));
});

afterEach(() => {
  counts.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('unread counts', () => {
  test('of the moment that the page knows are shown', async () => {
    counts.begin(answer(3, 10), 10);
    expect(shown).toEqual([3]);
  });

  test('that are ahead of the events wait for them', async () => {
    counts.begin(answer(3, 12), 10);
    counts.reached(11);
    expect(shown).toEqual([]);
    counts.reached(12);
    expect(shown).toEqual([3]);
  });

  test('that the events have overtaken are requested again', async () => {
    counts.begin(answer(3, 10), 11);
    expect(shown).toEqual([]);
    server = answer(4, 11);
    await pass();
    await respond();
    expect(shown).toEqual([4]);
  });

  test('are requested once for many changes in a short time', async () => {
    counts.begin(answer(3, 10), 10);
    for (let event = 0; event < 50; event++) counts.ask();
    await pass();
    expect(requests).toHaveLength(1);
  });

  test('that were requested before a change was over are requested again, and never shown', async () => {
    counts.begin(answer(3, 10), 10);
    const muting = Promise.withResolvers<string>();
    server = answer(3, 10);
    counts.ask();
    await pass();
    const changed = counts.change(muting.promise);
    await respond();
    expect(shown).toEqual([3]);
    server = answer(0, 10);
    muting.resolve('muted');
    expect(await changed).toBe('muted');
    await pass();
    await respond();
    expect(shown).toEqual([3, 0]);
  });

  test('that wait for events are dropped by a change, also by one that fails', async () => {
    counts.begin(answer(3, 12), 10);
    await expect(counts.change(Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    counts.reached(12);
    expect(shown).toEqual([]);
    server = answer(5, 12);
    await pass();
    await respond();
    expect(shown).toEqual([5]);
  });

  test('stay as they are when the request fails', async () => {
    counts.begin(answer(3, 10), 10);
    counts.ask();
    await pass();
    requests.shift()?.fail();
    await pass();
    expect([shown, requests]).toEqual([[3], []]);
  });

  test('are not requested after the page was closed', async () => {
    counts.ask();
    counts.close();
    await pass();
    expect(requests).toEqual([]);
  });
});
