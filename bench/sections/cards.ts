import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { queryValue, sql } from '../../src/store/engine/sql.ts';
import { openStore } from '../../src/store/open.ts';
import { call } from '../lib/api.ts';
import type { Bench, Section } from '../lib/bench.ts';
import { bounded, type Figure, plain } from '../lib/figure.ts';
import { follow } from '../lib/follow.ts';
import { type Polled, poll, randomPaths, serve } from '../lib/polled.ts';
import { firstUsers, openSessions } from '../lib/sessions.ts';
import { robotCode, userCode } from '../seed.ts';

const pages = 50;
const cards = 10;
const updatesPerSecond = 100;

/** Maximum number of places in one delivery. */
const placesAtOnce = 20;

/**
 * What updates of cards cost other requests: the latency of readStatus while 10 cards get 100 updates per second, and
 * each of 50 open pages reads every changed card.
 */
export const cardsSection: Section = {
  title: () => `${updatesPerSecond} updates of ${cards} cards in a second, seen by ${pages} open pages`,
  async run(bench) {
    const { workspace, settings } = bench;
    const { messages, recipients, users } = settings;
    const seeded = await workspace.seeded({ messages, recipients, users });
    const path = workspace.copy(seeded.path, 'cards');
    const sessions = await openSessions(path, firstUsers(pages));
    const huizhi = await serve(bench, { ...seeded, path });
    try {
      await deliverCards(huizhi);
      await huizhi.stop();
      const before = await countInbox(path);
      const figures = await measure(bench, { ...seeded, path }, sessions);
      const more = (await countInbox(path)) - before;
      return [...figures, bounded(plain('inbox rows more', more, ''), { bound: 'at most', value: 0 })];
    } finally {
      await huizhi.stop();
      workspace.drop(path);
    }
  },
};

const trackIdOf = (card: number) => `card-${card}`;

async function deliverCards({ url, headers }: Polled): Promise<void> {
  for (let card = 0; card < cards; card++) {
    const outTrackId = trackIdOf(card);
    const cardData = { cardParamMap: { title: 'Card', content: '' } };
    await post(`${url}/v1.0/card/instances`, headers, { outTrackId, cardTemplateId: 't', cardData });
    for (let from = 0; from < pages; from += placesAtOnce) {
      const some = firstUsers(pages).slice(from, from + placesAtOnce);
      const openSpaceId = `dtv1.card//${some.map((user) => `IM_ROBOT.${userCode(user)}`).join(';')}`;
      const imRobotOpenDeliverModel = { robotCode };
      await post(`${url}/v1.0/card/instances/deliver`, headers, { outTrackId, openSpaceId, imRobotOpenDeliverModel });
    }
  }
  for (const start = performance.now(); performance.now() - start < 60_000; await sleep(50)) {
    const { text } = await call(`${url}/metrics`);
    if (/^huizhi_queue_depth 0$/m.test(text)) return;
  }
  throw new Error('the cards were not delivered within a minute');
}

async function post(url: string, headers: Polled['headers'], body: object): Promise<void> {
  const { status, text } = await call(url, headers, body);
  if (status !== 200) throw new Error(`${url} answered ${status}: ${text}`);
}

async function countInbox(path: string): Promise<number> {
  const store = await openStore(path);
  try {
    return (await store.driver.read(() => queryValue(countRows))) ?? 0;
  } finally {
    await store.close();
  }
}

const countRows = sql<[count: number]>('bench_count_inbox', 'select count(*) from inbox');

/** The counts of a measurement. */
type Seen = { hints: number; reads: number; updates: number };

async function measure(
  bench: Bench,
  seeded: Parameters<typeof serve>[1],
  sessions: readonly string[],
): Promise<readonly Figure[]> {
  const huizhi = await serve(bench, seeded);
  const seen: Seen = { hints: 0, reads: 0, updates: 0 };
  const streams = await Promise.all(sessions.map((session) => openPage(huizhi, session, seen)));
  try {
    // One connection: the load is that of the cards.
    const settings = { ...bench.settings, connections: 1 };
    const paths = randomPaths(huizhi.seeded, 1);
    const load = async () => {
      Object.assign(seen, { hints: 0, reads: 0, updates: 0 });
      const end = new AbortController();
      const receipts = poll({ ...bench, settings }, huizhi, huizhi.headers, paths).finally(() => end.abort());
      return (await Promise.all([receipts, update(huizhi, seen, end.signal)]))[0];
    };
    // The server has just started: the first seconds are not counted.
    await load();
    const started = performance.now();
    const { p50Milliseconds, p99Milliseconds } = await load();
    const seconds = (performance.now() - started) / 1000;
    return [
      plain('readStatus, median', p50Milliseconds, 'ms'),
      bounded(plain('readStatus, p99', p99Milliseconds, 'ms'), { bound: 'at most', value: 10 }),
      plain('updates', seen.updates / seconds, '/s'),
      plain('hints to open pages', seen.hints / seconds, '/s'),
      plain('cards that pages read', seen.reads / seconds, '/s'),
    ];
  } finally {
    for (const stream of streams) stream.close();
    await huizhi.stop();
  }
}

/** Opens a page: it reads a card after each hint, but only once at a time. */
async function openPage({ url }: Polled, session: string, seen: Seen) {
  const reading = new Map<string, boolean>();
  const headers = { authorization: `Bearer ${session}` };
  const read = async (cardId: string): Promise<void> => {
    reading.set(cardId, false);
    const { status } = await call(`${url}/inbox/v1/cards/${cardId}`, headers);
    if (status === 200) seen.reads++;
    const isAgain = reading.get(cardId) === true;
    reading.delete(cardId);
    if (isAgain) await read(cardId);
  };
  return follow(url, session, (data) => {
    const { cardId } = JSON.parse(data) as { cardId?: string };
    if (cardId === undefined) return;
    seen.hints++;
    if (reading.has(cardId)) reading.set(cardId, true);
    else void read(cardId).catch(() => reading.delete(cardId));
  });
}

async function update({ url, headers }: Polled, seen: Seen, end: AbortSignal): Promise<void> {
  const started = performance.now();
  const pending: Promise<void>[] = [];
  for (let i = 0; !end.aborted; i++) {
    const content = `**${i}** ${'字'.repeat(i % 1000)}`;
    const body = { outTrackId: trackIdOf(i % cards), guid: randomUUID(), key: 'content', content, isFull: true };
    pending.push(put(`${url}/v1.0/card/streaming`, headers, body));
    seen.updates++;
    await sleep(Math.max(0, started + ((i + 1) * 1000) / updatesPerSecond - performance.now()));
  }
  await Promise.all(pending);
}

async function put(url: string, headers: Polled['headers'], body: object): Promise<void> {
  const answer = await fetch(url, {
    method: 'PUT',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`an update was answered with ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
}
