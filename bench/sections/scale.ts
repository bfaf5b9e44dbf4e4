import { alternate } from '../lib/alternate.ts';
import type { Section } from '../lib/bench.ts';
import { bounded, plain } from '../lib/figure.ts';
import { type Polled, poll, randomPaths, serve } from '../lib/polled.ts';
import { median } from '../lib/stats.ts';

/** readStatus on many messages against readStatus on a hundredth of them. */
export const scaleSection: Section = {
  title: ({ messages, recipients }) =>
    `readStatus over ${messages} messages of ${recipients}, against ${messages / 100}, random keys, in turn`,
  async run(bench) {
    const { workspace, settings } = bench;
    const large = await serve(bench, await workspace.seeded(settings));
    const small = await serve(bench, await workspace.seeded({ ...settings, messages: settings.messages / 100 }));
    const one = (server: Polled) => async (round: number) =>
      (await poll(bench, server, server.headers, randomPaths(server.seeded, round))).perSecond;
    try {
      await one(large)(-1);
      await one(small)(-1);
      const { first, second, ratio, ratios } = await alternate(
        settings.rounds,
        one(large),
        one(small),
        (a, b) => a / b,
      );
      return [
        bounded(plain('ratio', ratio, '', ratios), { bound: 'at least', value: 0.85 }),
        plain('on many', median(first), 'requests/s', first),
        plain('on a hundredth', median(second), 'requests/s', second),
      ];
    } finally {
      await Promise.all([large.stop(), small.stop()]);
    }
  },
};
