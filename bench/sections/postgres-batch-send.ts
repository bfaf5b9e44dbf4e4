import { alternate } from '../lib/alternate.ts';
import type { Bench, Section } from '../lib/bench.ts';
import { bounded, type Figure, plain } from '../lib/figure.ts';
import { pgbenchVersion, runPgbench } from '../lib/pgbench.ts';
import { type Polled, serve } from '../lib/polled.ts';
import { type Server, startPostgres } from '../lib/postgres.ts';
import { farCounters, perClient, sendScript } from '../lib/recorded.ts';
import { bodies, delivered, drawn, load, waitForDeliveries } from '../lib/sends.ts';
import { median } from '../lib/stats.ts';

const recipients = 20;

/** batchSend on PostgreSQL, delivery included, against pgbench with the statements of accepting and delivering in one transaction. */
export const postgresBatchSendSection: Section = {
  title: ({ connections, users, poolSize }) =>
    `batchSend to ${recipients} of ${users} users on PostgreSQL over ${connections} connections, durable and delivered, one process with ${poolSize} connections, against pgbench with the same statements in one transaction on ${poolSize} connections, in turn`,
  async run(bench) {
    const server = await startPostgres(bench);
    try {
      const what = { messages: 0, recipients, users: bench.settings.users };
      const seeded = await server.seeded(what, 'sends');
      for (const text of farCounters) await server.tell(seeded.path, text);
      const script = await sendScript(seeded.path, seeded.plan);
      const huizhi = await serve(bench, seeded, ['--pool-size', `${bench.settings.poolSize}`]);
      try {
        bench.say(pgbenchVersion());
        return figures(await compare(bench, server, huizhi, script));
      } finally {
        await huizhi.stop();
      }
    } finally {
      await server.stop();
    }
  },
};

type Rounds = Awaited<ReturnType<typeof compare>>;

async function compare(bench: Bench, server: Server, huizhi: Polled, script: string) {
  const { seconds, poolSize, rounds } = bench.settings;
  const all = bodies({ ...huizhi.seeded.plan, messages: drawn });
  const sent = async () => {
    const before = { seconds: server.seconds(), messages: await delivered(huizhi) };
    const started = performance.now();
    const measured = await load(bench, huizhi, all, seconds);
    await waitForDeliveries(huizhi);
    const messages = (await delivered(huizhi)) - before.messages;
    const perSecond = (messages * 1000) / (performance.now() - started);
    return { ...measured, perSecond, databaseMicros: ((server.seconds() - before.seconds) * 1e6) / messages };
  };
  let base = 0;
  const pgbench = async () => {
    base += poolSize * perClient;
    const before = server.seconds();
    const { folder } = bench.workspace;
    const set = { n: 0, base };
    const url = huizhi.seeded.path;
    const { perSecond } = await runPgbench({ url, script, set, connections: poolSize, seconds, folder });
    return { perSecond, databaseMicros: ((server.seconds() - before) * 1e6) / (perSecond * seconds) };
  };
  await load(bench, huizhi, all, 1);
  // A transaction of pgbench does what huizhi does in two, and takes locks in another order than these.
  await waitForDeliveries(huizhi);
  await pgbench();
  return alternate(rounds, sent, pgbench, (a, b) => a.perSecond / b.perSecond);
}

function figures({ first, second, ratio, ratios }: Rounds): readonly Figure[] {
  const rates = first.map((one) => one.perSecond);
  const bare = second.map((one) => one.perSecond);
  return [
    bounded(plain('ratio', ratio, '', ratios), { bound: 'at least', value: 0.6 }),
    plain('huizhi', median(rates), 'sends/s', rates),
    plain('pgbench', median(bare), 'transactions/s', bare),
    plain('huizhi, half within', median(first.map((one) => one.p50Milliseconds)), 'ms'),
    plain('huizhi, 99 % within', median(first.map((one) => one.p99Milliseconds)), 'ms'),
    plain('processor time of huizhi', median(first.map((one) => one.microsPerRequest)), 'us/send'),
    plain('processor time of PostgreSQL under huizhi', median(first.map((one) => one.databaseMicros)), 'us/send'),
    plain(
      'processor time of PostgreSQL under pgbench',
      median(second.map((one) => one.databaseMicros)),
      'us/transaction',
    ),
  ];
}
