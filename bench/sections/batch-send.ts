import { once } from 'node:events';
import { join } from 'node:path';
import { alternate } from '../lib/alternate.ts';
import type { Bench, Section } from '../lib/bench.ts';
import { bounded, plain } from '../lib/figure.ts';
import { serve } from '../lib/polled.ts';
import { type Child, startNode } from '../lib/process.ts';
import { bodies, delivered, drawn, load, waitForDeliveries } from '../lib/sends.ts';
import { median } from '../lib/stats.ts';
import type { Seeded } from '../lib/workspace.ts';
import type { Measured } from '../lib/wrk.ts';
import type { Plan } from '../seed.ts';
import type { WriteLoop } from '../write-loop.ts';

const recipients = 20;

/** batchSend, delivery included, against a loop that only writes the same rows. */
export const batchSendSection: Section = {
  title: ({ connections, users }) =>
    `batchSend to ${recipients} of ${users} users over ${connections} connections, durable and delivered, against a loop that writes the same rows in the same groups, in turn`,
  async run(bench) {
    const empty = await bench.workspace.seeded({ messages: 0, recipients, users: bench.settings.users });
    const plan: Plan = { ...empty.plan, messages: drawn, recipients };
    const { first, second, ratio, ratios } = await alternate(
      bench.settings.rounds,
      () => sendRound(bench, empty, plan),
      (_, sent) => writeRound(bench, empty, plan, sent),
      (sent, seconds) => seconds / sent.untilDelivered,
    );
    const rates = first.map((one) => one.messages / one.untilDelivered);
    const bare = second.map((seconds, i) => (first[i]?.messages ?? 0) / seconds);
    return [
      bounded(plain('ratio', ratio, '', ratios), { bound: 'at least', value: 0.65, ambition: 0.8 }),
      plain('huizhi', median(rates), 'sends/s', rates),
      plain('bare loop', median(bare), 'sends/s', bare),
      plain('huizhi, half within', median(first.map((one) => one.load.p50Milliseconds)), 'ms'),
      plain('huizhi, 99 % within', median(first.map((one) => one.load.p99Milliseconds)), 'ms'),
      bounded(
        plain('99 % / half', median(first.map((one) => one.load.p99Milliseconds / one.load.p50Milliseconds)), ''),
        { bound: 'at most', value: 3, ambition: 2 },
      ),
      plain('writes in a commit', median(first.map((one) => one.bodiesPerCommit)), 'writes'),
      plain(
        'until all was delivered, after the load',
        median(first.map((one) => one.untilDelivered - one.load.seconds)),
        's',
      ),
    ];
  },
};

type Sent = {
  readonly load: Measured;
  readonly messages: number;
  /** Seconds of load, and of the deliveries after it. */
  readonly untilDelivered: number;
  readonly bodiesPerCommit: number;
};

async function sendRound(bench: Bench, empty: Seeded, plan: Plan): Promise<Sent> {
  const path = bench.workspace.copy(empty.path, 'sends');
  const counter = ['--import', join(import.meta.dirname, '../lib/count-commits.ts')];
  const huizhi = await serve(bench, { ...empty, path }, [], counter);
  try {
    await load(bench, huizhi, bodies(plan), 1);
    const before = { commits: await commits(huizhi), messages: await delivered(huizhi) };
    const measured = await load(bench, huizhi, bodies(plan), bench.settings.seconds);
    const started = performance.now();
    await waitForDeliveries(huizhi);
    const untilDelivered = measured.seconds + (performance.now() - started) / 1000;
    const messages = (await delivered(huizhi)) - before.messages;
    return {
      load: measured,
      messages,
      untilDelivered,
      bodiesPerCommit: (2 * messages) / ((await commits(huizhi)) - before.commits),
    };
  } finally {
    await huizhi.stop();
    bench.workspace.drop(path);
  }
}

async function commits({ process }: Child): Promise<number> {
  process.send('commits');
  const [{ commits }] = (await once(process, 'message')) as [{ commits: number }];
  if (commits === 0) throw new Error('no commit was counted: does the driver still commit with exec?');
  return commits;
}

async function writeRound({ workspace }: Bench, empty: Seeded, plan: Plan, sent: Sent): Promise<number> {
  const scratch = workspace.copy(empty.path, 'scratch');
  const database = workspace.copy(empty.path, 'writes');
  const { messages, bodiesPerCommit } = sent;
  const task: WriteLoop = { scratch, database, plan, messages, bodiesPerCommit };
  const child = await startNode(
    [join(import.meta.dirname, '../write-loop.ts'), JSON.stringify(task)],
    workspace.folder,
  );
  await child.stop();
  workspace.drop(scratch);
  workspace.drop(database);
  return Number(child.said.seconds);
}
