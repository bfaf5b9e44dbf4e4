import { alternate } from '../lib/alternate.ts';
import { readStatus, sendText } from '../lib/api.ts';
import type { Bench, Section } from '../lib/bench.ts';
import { bounded, type Figure, plain } from '../lib/figure.ts';
import { type Polled, serve } from '../lib/polled.ts';
import { startPostgres } from '../lib/postgres.ts';
import { processorSeconds } from '../lib/process.ts';
import { median, randomFrom } from '../lib/stats.ts';
import { steadily } from '../lib/steady.ts';
import { keyMaker, recipientsOf, robotCode, userCode } from '../seed.ts';

/** Requests a second of each process, far below its limit; one of twenty is a send, the others request receipts. */
const perSecond = 300;
const sends = 20;

/** The processor time of a request with one process, and with two that each get as many. */
export const postgresTwoSection: Section = {
  title: ({ recipients }) =>
    `processor time of a request on PostgreSQL: two processes with ${perSecond} requests a second each against one, in turn; one of ${sends} is a send to ${recipients}, the others are readStatus`,
  async run(bench) {
    const server = await startPostgres(bench);
    const running: Polled[] = [];
    try {
      const seeded = await server.seeded(
        { ...bench.settings, messages: Math.min(bench.settings.messages, 20_000) },
        'two',
      );
      for (let i = 0; i < 2; i++) running.push(await serve(bench, seeded));
      const key = keyMaker(seeded.plan);
      await cost(bench, running, key);
      const { first, second, ratio, ratios } = await alternate(
        bench.settings.rounds,
        () => cost(bench, running, key),
        (round) => cost(bench, running.slice(round % 2, (round % 2) + 1), key),
        (two, one) => two / one,
      );
      return figures(first, second, ratio, ratios);
    } finally {
      for (const huizhi of running) await huizhi.stop();
      await server.stop();
    }
  },
};

/** Microseconds of processor time for each request, of all the processes together. */
async function cost({ settings }: Bench, processes: readonly Polled[], key: Key): Promise<number> {
  const used = () => processes.reduce((sum, { pid }) => sum + processorSeconds(pid), 0);
  const before = used();
  const rate = perSecond * processes.length;
  const requests = await steadily(rate, 2 * settings.seconds, (number) => {
    const huizhi = processes[number % processes.length];
    return huizhi ? request(huizhi, number, key) : Promise.resolve();
  });
  return ((used() - before) * 1e6) / requests;
}

type Key = ReturnType<typeof keyMaker>;

function request({ url, headers, seeded: { plan } }: Polled, number: number, key: Key): Promise<unknown> {
  const message = 1 + Math.floor(randomFrom(number)() * plan.messages);
  // Counted in pairs, so that each of two processes gets as many.
  if (Math.floor(number / 2) % sends > 0) return readStatus(url, headers, robotCode, key(message));
  return sendText(url, headers, robotCode, recipientsOf(plan, message).map(userCode));
}

function figures(
  two: readonly number[],
  one: readonly number[],
  ratio: number,
  ratios: readonly number[],
): readonly Figure[] {
  return [
    bounded(plain('ratio', ratio, '', ratios), { bound: 'at most', value: 1.1 }),
    plain('two processes', median(two), 'us/request', two),
    plain('one process', median(one), 'us/request', one),
  ];
}
