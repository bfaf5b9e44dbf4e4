import { alternate } from '../lib/alternate.ts';
import type { Bench, Section } from '../lib/bench.ts';
import { bounded, plain } from '../lib/figure.ts';
import { type Polled, poll, randomPaths, serve } from '../lib/polled.ts';
import { median } from '../lib/stats.ts';
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
    const large = await serve(bench, await workspace.receipts(settings));
    const seeding = (performance.now() - started) / 1000;
    const small = await serve(bench, await workspace.receipts({ ...settings, messages: few(settings) }));
    try {
      await round(bench, large)(-1);
      await round(bench, small)(-1);
      const { first, second, ratio, ratios } = await alternate(
        settings.rounds,
        round(bench, large),
        round(bench, small),
        (a, b) => a / b,
      );
      const [many, little] = [await settledMemory(large.pid), await settledMemory(small.pid)];
      const more = settings.messages - few(settings);
      return [
        bounded(plain('ratio', ratio, '', ratios), { bound: 'at least', value: 0.85 }),
        plain('on many', median(first), 'requests/s', first),
        plain('on few', median(second), 'requests/s', second),
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

const round = (bench: Bench, server: Polled) => async (draw: number) =>
  (await poll(bench, server, server.headers, randomPaths(server.seeded, draw))).perSecond;
