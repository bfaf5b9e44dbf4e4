import { join } from 'node:path';
import type { GroupLoop } from '../group-loop.ts';
import { robotCode } from '../seed.ts';
import { alternate } from './alternate.ts';
import type { Bench } from './bench.ts';
import { bounded, type Figure, plain } from './figure.ts';
import { contentOf, createMarks, follow } from './follow.ts';
import { callGroups, type Group } from './group-world.ts';
import { type Polled, serve } from './polled.ts';
import { startNode } from './process.ts';
import { openSessions } from './sessions.ts';
import { median } from './stats.ts';
import type { Seeded } from './workspace.ts';

/** A seeded database with groups, and copies of it. */
export type GroupDatabase = Seeded & {
  /** Copies the database, which no process has open; returns the path or address of the copy. */
  copy(name: string): Promise<string>;
  drop(path: string): Promise<void>;
};

/** Messages to a group in a round, by its size. */
const sendsOf = ({ members }: Group) => Math.max(3, Math.round(20_000 / members));

/** Milliseconds of one message, and its processQueryKey. */
export type Delivery = { readonly accepted: number; readonly delivered: number; readonly key: string };

/**
 * Compares messages to a group with a loop that writes the same rows in as many transactions.
 *
 * @param most the milliseconds within which a message has to be delivered; undefined without a bound
 */
export async function compareDelivery(
  bench: Bench,
  world: GroupDatabase,
  group: Group,
  most: number | undefined,
): Promise<readonly Figure[]> {
  const { first, second, ratio, ratios } = await alternate(
    bench.settings.rounds,
    () => sendRound(bench, world, group),
    () => writeRound(bench, world, group),
    (own, bare) => median(bare) / median(own.map(({ delivered }) => delivered)),
  );
  const own = first.flat();
  const name = `to ${group.members}`;
  const delivered = median(own.map((one) => one.delivered));
  const until = plain(`${name}: until all have it`, delivered, 'ms');
  return [
    bounded(plain(`${name}: ratio`, ratio, '', ratios), { bound: 'at least', value: 0.5 }),
    plain(`${name}: until it is accepted`, median(own.map(({ accepted }) => accepted)), 'ms'),
    most === undefined ? until : bounded(until, { bound: 'at most', value: most }),
    plain(`${name}: bare loop`, median(second.flat()), 'ms'),
  ];
}

/** Sends messages to a group, each when the last member has the one before. */
async function sendRound(bench: Bench, world: GroupDatabase, group: Group): Promise<readonly Delivery[]> {
  const path = await world.copy('group_sends');
  const huizhi = await serveWithLastMember(bench, { ...world, path }, group);
  try {
    await huizhi.send('warm-up');
    const deliveries: Delivery[] = [];
    for (let i = 0; i < sendsOf(group); i++) deliveries.push(await huizhi.send(`${i}`));
    return deliveries;
  } finally {
    await huizhi.stop();
    await world.drop(path);
  }
}

/** A server with the inbox of the last member open. */
export type GroupServer = Polled & {
  /** Sends a message; resolves when the last member has it. */
  send(content: string): Promise<Delivery>;
};

/** Starts a server, and opens the inbox of the last member, who gets a message when all others have it. */
export async function serveWithLastMember(bench: Bench, world: Seeded, group: Group): Promise<GroupServer> {
  const [session = ''] = await openSessions(world.path, [group.members]);
  const huizhi = await serve(bench, world);
  const marks = createMarks();
  const stream = await follow(huizhi.url, session, (data) => marks.mark(contentOf(data)));
  return {
    ...huizhi,
    async send(content: string): Promise<Delivery> {
      const arrived = marks.wait(content, 1);
      const started = performance.now();
      const { milliseconds, answer } = await callGroups(huizhi, 'send', messageTo(group, content));
      const delivered = (await arrived) - started;
      return { accepted: milliseconds, delivered, key: String(answer.processQueryKey) };
    },
    async stop() {
      stream.close();
      await huizhi.stop();
    },
  };
}

const messageTo = ({ openId }: Group, content: string) => ({
  openConversationId: openId,
  robotCode,
  msgKey: 'sampleText',
  msgParam: JSON.stringify({ content }),
});

async function writeRound({ workspace }: Bench, world: GroupDatabase, group: Group): Promise<readonly number[]> {
  const scratch = await world.copy('group_scratch');
  const database = await world.copy('group_writes');
  const task: GroupLoop = { scratch, database, conversationId: group.id, messages: sendsOf(group) };
  const child = await startNode(
    [join(import.meta.dirname, '../group-loop.ts'), JSON.stringify(task)],
    workspace.folder,
  );
  await child.stop();
  await world.drop(scratch);
  await world.drop(database);
  return child.said.milliseconds as readonly number[];
}

/** Sends one message after the other until it is stopped; `stop` resolves with how long each took, in milliseconds. */
export function sendAllTheTime(send: (content: string) => Promise<Delivery>) {
  const times: number[] = [];
  let isOn = true;
  const work = (async () => {
    for (let i = 0; isOn; i++) times.push((await send(`continuous ${i} ${Math.random()}`)).delivered);
  })();
  work.catch(() => {});
  return {
    async stop(): Promise<readonly number[]> {
      isOn = false;
      await work;
      return times;
    },
  };
}
