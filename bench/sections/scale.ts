import { alternate } from '../lib/alternate.ts';
import type { Bench, Section } from '../lib/bench.ts';
import { bounded, type Figure, plain } from '../lib/figure.ts';
import { type Polled, poll, randomPaths, serve, warmedUp } from '../lib/polled.ts';
import { median } from '../lib/stats.ts';
import type { Measured } from '../lib/wrk.ts';
import type { Settings } from '../options.ts';
import { settledMemory } from './memory.ts';

/** The messages of the small file. */
const few = ({ messages }: Settings) => Math.min(10_000, messages / 100);

/** readStatus on many messages against readStatus on few of them, and the memory that the many take. */
export const scaleSection: Section = {
  title: (settings) =>
    `readStatus over ${settings.messages} messages of ${settings.recipients}, against ${few(settings)}, random keys, in turn`,
  async run(bench) {
    const { workspace, settings } = bench;
    const started = performance.now();
    const mebibytes = cacheFor(settings);
    const large = await serve(bench, await workspace.receipts(settings), ['--receipt-cache', String(mebibytes)]);
    const seeding = (performance.now() - started) / 1000;
    const small = await serve(bench, await workspace.receipts({ ...settings, messages: few(settings) }));
    try {
      // A quick run leaves this out.
      if (!settings.quick) {
        await Promise.all([warmedUp(large.pid), warmedUp(small.pid)]);
        await round(bench, large)(-1);
        await round(bench, small)(-1);
      }
      const { first, second, ratio, ratios } = await alternate(
        settings.rounds,
        round(bench, large),
        round(bench, small),
        (a, b) => a.perSecond / b.perSecond,
      );
      const [many, little] = [await settledMemory(large.pid), await settledMemory(small.pid)];
      const more = settings.messages - few(settings);
      return [
        bounded(plain('ratio', ratio, '', ratios), { bound: 'at least', value: 0.85 }),
        ...figures('on many', first),
        ...figures('on few', second),
        plain('--receipt-cache, with many', mebibytes, 'MiB'),
        plain('seeded in', seeding, 's'),
        plain('on disk for each message', large.seeded.sizes.half.bytes / settings.messages, 'bytes'),
        plain('resident, with many', many / 1e6, 'MB'),
        plain('resident, with few', little / 1e6, 'MB'),
        bounded(plain('resident for each message more', (many - little) / more, 'bytes'), {
          bound: 'at most',
          value: 100,
        }),
      ];
    } finally {
      await Promise.all([large.stop(), small.stop()]);
    }
  },
};

const round = (bench: Bench, server: Polled) => (draw: number) =>
  poll(bench, server, server.headers, randomPaths(server.seeded, draw));

/** Memory for the receipts of all messages: 64 bytes each, with five recipients, or the default. */
const cacheFor = ({ messages }: Settings) => Math.max(64, Math.ceil(messages / 2 ** 14));

function figures(name: string, rounds: readonly Measured[]): readonly Figure[] {
  const rates = rounds.map((one) => one.perSecond);
  const costs = rounds.map((one) => one.microsPerRequest);
  return [
    plain(name, median(rates), 'requests/s', rates),
    plain(`${name}: processor time`, median(costs), 'us/request', costs),
  ];
}
