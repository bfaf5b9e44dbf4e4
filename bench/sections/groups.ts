import { queryRows, sql } from '../../src/store/engine/sql.ts';
import { markReadAll } from '../../src/store/messages/mark-read.ts';
import { openStore } from '../../src/store/open.ts';
import { alternate } from '../lib/alternate.ts';
import { sendText } from '../lib/api.ts';
import type { Bench, Section } from '../lib/bench.ts';
import { bounded, type Figure, plain } from '../lib/figure.ts';
import {
  compareDelivery,
  type GroupDatabase,
  type GroupServer,
  sendAllTheTime,
  serveWithLastMember,
} from '../lib/group-rounds.ts';
import { callGroups, createGroups, type Group } from '../lib/group-world.ts';
import { type Polled, poll, randomPaths, serve } from '../lib/polled.ts';
import { probe, probeEvery, probeFigures } from '../lib/probe.ts';
import { median, percentile } from '../lib/stats.ts';
import type { Seeded } from '../lib/workspace.ts';
import { corpId, robotCode, sizesOf, userCode } from '../seed.ts';

const recipients = 20;

/** Messages to groups on SQLite: until they are accepted and delivered, what they cost, and their readers. */
export const groupsSection: Section = {
  title: ({ quick, rounds }) =>
    `messages to groups of ${sizes(quick).join(' and ')} members, ${rounds} rounds, against a loop that writes the same rows in as many commits`,
  async run(bench) {
    const { workspace, settings } = bench;
    const [, largest] = sizes(settings.quick);
    const seeded = await workspace.seeded({ messages: 1000, recipients, users: largest });
    const path = workspace.copy(seeded.path, 'groups');
    const groups = await createGroups(path, sizes(settings.quick));
    const world: GroupDatabase = {
      ...seeded,
      path,
      copy: async (name) => workspace.copy(path, name),
      drop: async (copy) => workspace.drop(copy),
    };
    const figures: Figure[] = [];
    for (const group of groups) {
      const most = group.members >= 20_000 ? 2000 : undefined;
      figures.push(...(await compareDelivery(bench, world, group, most)));
    }
    const [, large] = groups as readonly [Group, Group];
    figures.push(...(await measureWaits(bench, world, large)));
    figures.push(...(await measureReaders(bench, world, large)));
    workspace.drop(path);
    return figures;
  },
};

const sizes = (isQuick: boolean) => (isQuick ? ([100, 2000] as const) : ([1000, 20_000] as const));

/** How much continuous deliveries to a large group delay other requests. */
async function measureWaits(bench: Bench, world: GroupDatabase, group: Group): Promise<readonly Figure[]> {
  const path = await world.copy('group_waits');
  const huizhi = await serveWithLastMember(bench, { ...world, path }, group);
  const { settings } = bench;
  try {
    const keys = await someKeys(huizhi);
    const nextKey = () => keys[Math.floor(Math.random() * keys.length)] ?? '';
    const probes = Math.round((settings.seconds * 4000) / probeEvery);
    const quiet = await probe(huizhi, nextKey, probes, () => false);
    const sending = sendAllTheTime(huizhi.send);
    const busy = await probe(huizhi, nextKey, probes, () => false);
    const latencies = await sending.stop();
    const rates = await compareRates(bench, huizhi);
    return [
      ...probeFigures('readStatus during deliveries', busy, 10),
      ...probeFigures('readStatus without them', quiet),
      plain('until all have it, during readStatus', median(latencies), 'ms'),
      bounded(plain('readStatus per second, during deliveries / without', rates.ratio, '', rates.ratios), {
        bound: 'at least',
        value: 0.8,
      }),
      plain('until all have it, during as many readStatus as possible', median(rates.latencies), 'ms'),
    ];
  } finally {
    await huizhi.stop();
    await world.drop(path);
  }
}

async function someKeys(huizhi: Polled): Promise<readonly string[]> {
  const users = Array.from({ length: recipients }, (_, i) => userCode(i + 1));
  const send = () => sendText(huizhi.url, huizhi.headers, robotCode, users);
  return Promise.all(Array.from({ length: 200 }, send));
}

/** readStatus over all connections, with deliveries and without. */
async function compareRates(bench: Bench, huizhi: GroupServer) {
  const paths = randomPaths(huizhi.seeded, 1);
  const latencies: number[] = [];
  const quiet = () => poll(bench, huizhi, huizhi.headers, paths);
  const busy = async () => {
    const sending = sendAllTheTime(huizhi.send);
    const measured = await quiet();
    latencies.push(...(await sending.stop()));
    return measured;
  };
  await quiet();
  const { ratio, ratios } = await alternate(bench.settings.rounds, busy, quiet, (a, b) => a.perSecond / b.perSecond);
  return { ratio, ratios, latencies };
}

const pageSize = 200;

/** The size of deliveries and reads, and the pages of readers when all members have read. */
async function measureReaders(bench: Bench, world: GroupDatabase, group: Group): Promise<readonly Figure[]> {
  const path = await world.copy('group_readers');
  const before = await sizesOf(path, world.plan);
  const huizhi = await serveWithLastMember(bench, { ...world, path }, group);
  for (let i = 0; i < messagesForSize; i++) await huizhi.send(`size ${i}`);
  const { key } = await huizhi.send('read by all');
  await huizhi.send('the last');
  await huizhi.stop();
  const unread = await sizesOf(path, world.plan);
  await readByAll(path, group);
  const read = await sizesOf(path, world.plan);
  const deliveries = (messagesForSize + 2) * group.members;
  const pages = await measurePages(bench, { ...world, path }, group, key);
  await world.drop(path);
  return [
    bounded(plain('bytes of a delivery', (unread.bytes - before.bytes) / deliveries, 'bytes'), {
      bound: 'under',
      value: 120,
    }),
    plain('bytes of a read', (read.bytes - unread.bytes) / group.members, 'bytes'),
    bounded(plain('page of readers, last / first, 95 % within', pages.last.p95 / pages.first.p95, ''), {
      bound: 'at most',
      value: 1.2,
    }),
    plain('first page, 95 % within', pages.first.p95, 'ms'),
    plain('last page, 95 % within', pages.last.p95, 'ms'),
    bounded(plain('any page, 99 % within', Math.max(pages.first.p99, pages.last.p99), 'ms'), {
      bound: 'at most',
      value: 5,
    }),
  ];
}

const messagesForSize = 8;

const selectNewest = sql<[id: number]>(
  'select_read_by_all',
  'select m.id from messages m where m.corp_id = $1 and m.conversation_id is not null order by m.id desc limit 2',
);

/** Marks the message before the last one read by all members. */
async function readByAll(path: string, group: Group): Promise<void> {
  const store = await openStore(path);
  const newest = await store.driver.read(() => queryRows(selectNewest, corpId));
  const messageId = Number(newest[1]?.[0]);
  const at = Date.now();
  for (let first = 1; first <= group.members; first += 1000) {
    const length = Math.min(1000, group.members - first + 1);
    const readings = Array.from({ length }, (_, i) => ({
      userId: first + i,
      messageIds: [messageId],
      at,
      manner: 'seen' as const,
    }));
    await store.driver.write(() => markReadAll(corpId, readings));
  }
  await store.close();
}

type Page = { readonly p95: number; readonly p99: number };

/** The time of the first page and of the last one, asked for in turn. */
async function measurePages(
  bench: Bench,
  world: Seeded,
  group: Group,
  key: string,
): Promise<{ readonly first: Page; readonly last: Page }> {
  const huizhi = await serve(bench, world);
  try {
    const query = (nextToken?: unknown) =>
      callGroups(huizhi, 'query', {
        openConversationId: group.openId,
        robotCode,
        processQueryKey: key,
        maxResults: pageSize,
        ...(nextToken !== undefined && { nextToken }),
      });
    let lastToken: unknown;
    let seen = 0;
    for (;;) {
      const { answer } = await query(lastToken);
      seen += (answer.readUserIds as readonly string[]).length;
      if (answer.hasMore !== true) break;
      lastToken = answer.nextToken;
    }
    if (seen !== group.members) throw new Error(`the pages have ${seen} of ${group.members} readers`);
    const first: number[] = [];
    const last: number[] = [];
    for (let i = 0; i < 100 * bench.settings.rounds; i++) {
      first.push((await query()).milliseconds);
      last.push((await query(lastToken)).milliseconds);
    }
    return { first: pageOf(first), last: pageOf(last) };
  } finally {
    await huizhi.stop();
  }
}

const pageOf = (milliseconds: readonly number[]): Page => ({
  p95: percentile(milliseconds, 0.95),
  p99: percentile(milliseconds, 0.99),
});
