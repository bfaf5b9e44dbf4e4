import { renderText } from '../../src/store/engine/postgres/postgres-query.ts';
import { selectReceipt } from '../../src/store/messages/receipts.ts';
import { alternate } from '../lib/alternate.ts';
import type { Bench, Section } from '../lib/bench.ts';
import { bounded, type Figure, plain } from '../lib/figure.ts';
import { pgbenchVersion, runPgbench } from '../lib/pgbench.ts';
import { type Polled, poll, randomPaths, serve } from '../lib/polled.ts';
import { type Server, startPostgres } from '../lib/postgres.ts';
import { median } from '../lib/stats.ts';
import { corpId } from '../seed.ts';

/** readStatus on PostgreSQL, against pgbench with the statement that reads a receipt. */
export const postgresReadStatusSection: Section = {
  title: ({ messages, recipients, connections, poolSize }) =>
    `readStatus over ${messages} messages of ${recipients} on PostgreSQL, one process with ${poolSize} connections asked over ${connections}, against pgbench with the same prepared statement on ${poolSize} connections, in turn`,
  async run(bench) {
    const { settings } = bench;
    const server = await startPostgres(bench);
    try {
      const seeded = await server.seeded(settings, 'receipts');
      const huizhi = await serve(bench, seeded, ['--pool-size', `${settings.poolSize}`]);
      try {
        bench.say(pgbenchVersion());
        const both = await compare(bench, server, huizhi);
        return figures(both);
      } finally {
        await huizhi.stop();
      }
    } finally {
      await server.stop();
    }
  },
};

type Rounds = Awaited<ReturnType<typeof compare>>;

async function compare(bench: Bench, server: Server, huizhi: Polled) {
  const asked = async (round: number) => {
    const before = server.seconds();
    const measured = await poll(bench, huizhi, huizhi.headers, randomPaths(huizhi.seeded, round));
    return { ...measured, databaseMicros: ((server.seconds() - before) * 1e6) / measured.requests };
  };
  const pgbench = async () => {
    const before = server.seconds();
    const { connections, seconds } = { connections: bench.settings.poolSize, seconds: bench.settings.seconds };
    const { folder } = bench.workspace;
    const { path: url, plan } = huizhi.seeded;
    const { perSecond } = await runPgbench({
      url,
      script: script(plan.messages),
      set: {},
      connections,
      seconds,
      folder,
    });
    return { perSecond, databaseMicros: ((server.seconds() - before) * 1e6) / (perSecond * seconds) };
  };
  await asked(-1);
  await pgbench();
  return alternate(bench.settings.rounds, asked, pgbench, (a, b) => a.perSecond / b.perSecond);
}

function script(messages: number): string {
  // As huizhi runs it: the seeded messages have numbers without a day.
  const text = renderText(selectReceipt, [corpId, 1], new Set([0]));
  const statement = text.replaceAll('$1', ':corp').replaceAll('$2', ':id');
  return `\\set corp ${corpId}\n\\set id random(1, ${messages})\n${statement};\n`;
}

function figures({ first, second, ratio, ratios }: Rounds): readonly Figure[] {
  const rates = first.map((one) => one.perSecond);
  const bare = second.map((one) => one.perSecond);
  return [
    bounded(plain('ratio', ratio, '', ratios), { bound: 'at least', value: 0.7, ambition: 0.85 }),
    plain('huizhi', median(rates), 'requests/s', rates),
    plain('pgbench', median(bare), 'statements/s', bare),
    plain('huizhi, half within', median(first.map((one) => one.p50Milliseconds)), 'ms'),
    plain('huizhi, 99 % within', median(first.map((one) => one.p99Milliseconds)), 'ms'),
    plain('processor time of huizhi', median(first.map((one) => one.microsPerRequest)), 'us/request'),
    plain('processor time of PostgreSQL under huizhi', median(first.map((one) => one.databaseMicros)), 'us/request'),
    plain(
      'processor time of PostgreSQL under pgbench',
      median(second.map((one) => one.databaseMicros)),
      'us/statement',
    ),
  ];
}
