import { expect, test } from 'vitest';
import type { ConsoleMessage, ConsoleMessagesAnswer } from '../../../../src/wire/own/console-messages.ts';
import { type Server, testServer } from '../../support/harness.ts';
import { bearer, ok, type World, world } from '../../support/world.ts';

type Query = Readonly<Record<string, string>>;
type Known = ConsoleMessage & { readonly userIds: readonly string[] };

const start = Date.UTC(2026, 0, 1);
const robots = ['robot-one', 'robot-more'];
const people = [['alice'], ['bob', 'alice'], ['alice', 'bob', 'carol']];
const texts = ['tea', 'coffee', 'Tea and cake', '茶'];

const choices: readonly (readonly Query[])[] = [
  [{}, ...robots.map((robotCode) => ({ robotCode }))],
  [{}, { userId: 'bob' }, { userId: 'carol' }],
  [{}, { status: 'processing' }, { status: 'success' }, { status: 'recalled' }, { status: 'unknown' }],
  [{}, { read: 'all' }, { read: 'some-unread' }],
  [{}, { from: String(start + 1000), to: String(start + 4000) }],
  [{}, { text: 'TEA' }],
];
const combinations = choices.reduce<readonly Query[]>(
  (made, queries) => made.flatMap((query) => queries.map((one) => ({ ...query, ...one }))),
  [{}],
);

const ask = (server: Server, path: string, query: Query = {}) =>
  server.call('GET', `/console/v1/${path}`, { headers: bearer(server.adminToken), query });

/** Eight messages at each of five times, some read, some recalled, the last ones PROCESSING. */
async function fill({ server, freeze, advance, emulate, sent }: World): Promise<void> {
  await freeze(start);
  for (let i = 0; i < 40; i++) {
    if (i === 36) await emulate('PUT', 'delivery', { mode: 'hold' });
    const userIds = people[i % 3] ?? [];
    const msgParam = JSON.stringify({ content: texts[i % 4] });
    const key = await sent({ robotCode: robots[i % 5 === 0 ? 1 : 0], userIds, msgParam });
    if (i < 36 && i % 2 === 0)
      await emulate('POST', 'reads', { processQueryKey: key, userIds: userIds.slice(0, 1 + (i % 4)) });
    if (i < 36 && i % 7 === 0) await recallNewest(server);
    if (i % 8 === 7) await advance('1s');
  }
}

async function recallNewest(server: Server): Promise<void> {
  const { messages } = ok(await ask(server, 'messages', { corpId: 'corp-one', limit: '1' })) as ConsoleMessagesAnswer;
  const path = `/console/v1/messages/${messages[0]?.messageId}/recall`;
  ok(await server.call('POST', path, { headers: bearer(server.adminToken) }));
}

async function walk(server: Server, query: Query): Promise<readonly ConsoleMessage[]> {
  const found: ConsoleMessage[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const all = { corpId: 'corp-one', limit: '13', ...query, ...(cursor && { cursor }) };
    const page = ok(await ask(server, 'messages', all)) as ConsoleMessagesAnswer;
    found.push(...page.messages);
    cursor = page.cursor;
  }
  return found;
}

async function everything(server: Server): Promise<readonly Known[]> {
  const all = await walk(server, { limit: '100' });
  const recipients = async ({ messageId }: ConsoleMessage) =>
    (ok(await ask(server, `messages/${messageId}`)).recipients as { userId: string }[]).map(({ userId }) => userId);
  return Promise.all(all.map(async (message) => ({ ...message, userIds: await recipients(message) })));
}

/** A reference implementation of the filters. */
function fits(message: Known, { robotCode, userId, status, read, from, to, text }: Query): boolean {
  const isReadByAll = message.readCount === message.recipientCount;
  const content =
    message.msgParam === null ? '' : String((JSON.parse(message.msgParam) as { content: string }).content);
  return (
    (robotCode === undefined || message.robotCode === robotCode) &&
    (userId === undefined || (message.userIds.includes(userId) && message.status !== 'processing')) &&
    (status === undefined || message.status === status) &&
    (read === undefined || (read === 'all') === isReadByAll) &&
    message.sentAt >= Number(from ?? 0) &&
    message.sentAt < Number(to ?? Number.MAX_SAFE_INTEGER) &&
    (text === undefined || content.toLowerCase().includes(text.toLowerCase()))
  );
}

test('every combination of filters finds, page by page, exactly the matching messages of the whole list, in its order', {
  timeout: 120_000,
}, async () => {
  const there = world(await testServer());
  await fill(there);
  const all = await everything(there.server);
  expect(all).toHaveLength(40);
  expect(new Set(all.map(({ sentAt }) => sentAt)).size).toBe(5);
  for (const query of combinations) {
    const found = await walk(there.server, query);
    const expected = all.filter((message) => fits(message, query));
    const ids = (messages: readonly ConsoleMessage[]) => messages.map(({ messageId }) => messageId);
    expect([query, ids(found)]).toEqual([query, ids(expected)]);
  }
});
