import { call } from '../lib/api.ts';
import type { Bench, Section } from '../lib/bench.ts';
import { combinations, consoleLists, type List } from '../lib/console-lists.ts';
import { crowd, crowdIn, crowdText } from '../lib/console-world.ts';
import { bounded, type Figure, plain } from '../lib/figure.ts';
import { secretFile, serve } from '../lib/polled.ts';
import { startPostgres } from '../lib/postgres.ts';
import { percentile, randomFrom } from '../lib/stats.ts';
import type { Seeded } from '../lib/workspace.ts';
import type { Settings } from '../options.ts';

/** Requests for each list, and for each combination of filters until the slowest is known. */
const requests = 200;
const glances = 5;

const bound = { bound: 'under', value: 50 } as const;
const adminToken = 'only-for-the-benchmark';

type World = Pick<Settings, 'messages' | 'users'>;

const title = ({ messages, users }: World) =>
  `each list of /console/v1 over ${messages} messages, ${users} users, ${crowd.organizations} organizations, ${crowd.robots} robots, ${crowd.auditEntries} audit entries and ${crowd.statisticsDays} days of statistics of ${crowd.ownRobots} robots; ${requests} requests each, one at a time`;

/** How long a list takes, one request after the other. */
export const consoleSection: Section = {
  title,
  async run(bench) {
    const { workspace, settings } = bench;
    const seeded = await workspace.seeded(settings);
    const path = workspace.copy(seeded.path, 'console');
    try {
      await crowdIn(path, seeded.plan);
      return await measure(bench, { ...seeded, path });
    } finally {
      workspace.drop(path);
    }
  },
};

/** A number of messages that can be copied into PostgreSQL quickly. */
const onPostgres = (settings: Settings) => ({ ...settings, messages: Math.min(settings.messages, 100_000) });

/** The same on PostgreSQL. */
export const postgresConsoleSection: Section = {
  title: (settings) => `${title(onPostgres(settings))}, on PostgreSQL`,
  async run(bench) {
    const server = await startPostgres(bench);
    try {
      const seeded = await server.seeded(onPostgres(bench.settings), 'console');
      // As the administrator, whose statements have no time limit.
      for (const text of [...crowdText(seeded.plan), 'vacuum (analyze)']) await server.tell(seeded.path, text);
      return await measure(bench, seeded);
    } finally {
      await server.stop();
    }
  },
};

async function measure(bench: Bench, seeded: Seeded) {
  const huizhi = await serve(bench, seeded, [
    '--admin-token-file',
    secretFile(bench.workspace.folder, 'admin-token', adminToken),
  ]);
  try {
    return await figures(bench, huizhi.url, seeded.plan);
  } finally {
    await huizhi.stop();
  }
}

type Ask = (list: List, times: number) => Promise<readonly number[]>;

async function figures(
  { say }: Bench,
  url: string,
  plan: Parameters<typeof consoleLists>[0],
): Promise<readonly Figure[]> {
  const ask = asker(url);
  const lists: Figure[] = [];
  for (const list of [...consoleLists(plan), ...(await detailLists(url))]) {
    lists.push(...figuresOf(list.name, await ask(list, requests)));
  }
  const all = combinations(plan);
  const slowest = await slowestOf(ask, all);
  say(`the slowest combination of filters: ${slowest.name}`);
  const name = `messages, slowest of ${all.length} combinations of filters`;
  return [...lists, ...figuresOf(name, await ask(slowest, requests))];
}

async function slowestOf(ask: Ask, all: readonly List[]): Promise<List> {
  let slowest: { readonly list: List; readonly time: number } | undefined;
  for (const list of all) {
    const time = percentile(await ask(list, glances), 0.5);
    if (!slowest || time > slowest.time) slowest = { list, time };
  }
  if (!slowest) throw new Error('there is no combination of filters');
  return slowest.list;
}

const headers = { authorization: `Bearer ${adminToken}` };

/** Requests a list several times; returns the milliseconds of each except the first, which fills caches. */
function asker(url: string): Ask {
  return async ({ name, path }, times) => {
    const random = randomFrom(times);
    const taken: number[] = [];
    for (let i = 0; i <= times; i++) {
      const { status, text, milliseconds } = await call(url + path(random), headers);
      if (status !== 200) throw new Error(`${name} answered ${status}: ${text}`);
      if (i > 0) taken.push(milliseconds);
    }
    return taken;
  };
}

/** A message and its recipients: some of the newest, whose ids only the server can make. */
async function detailLists(url: string): Promise<readonly List[]> {
  const { text } = await call(`${url}/console/v1/messages?corpId=dingbench0001&limit=100`, headers);
  const ids = (JSON.parse(text) as { messages: readonly { messageId: string }[] }).messages.map((one) => one.messageId);
  const any = (end: string) => (random: () => number) =>
    `/console/v1/messages/${ids[Math.floor(random() * ids.length)]}${end}`;
  return [
    { name: 'a message with its recipients', path: any('') },
    { name: 'a message’s recipients as CSV', path: any('/recipients.csv') },
  ];
}

function figuresOf(name: string, taken: readonly number[]): readonly Figure[] {
  return [
    bounded(plain(`${name}: 95 % within`, percentile(taken, 0.95), 'ms'), bound),
    plain(`${name}: half within`, percentile(taken, 0.5), 'ms'),
    plain(`${name}: the slowest`, Math.max(...taken), 'ms'),
  ];
}
