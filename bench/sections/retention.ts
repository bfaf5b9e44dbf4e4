import type { Section } from '../lib/bench.ts';
import { plain } from '../lib/figure.ts';
import { serve } from '../lib/polled.ts';
import { probe, probeEvery, probeFigures } from '../lib/probe.ts';
import { randomFrom } from '../lib/stats.ts';
import { keyMaker, sentAt } from '../seed.ts';

/** The latency of requests while old messages are being removed. */
export const retentionSection: Section = {
  title: ({ messages }) =>
    `a readStatus every ${probeEvery} ms while retention removes the older half of ${messages} messages, and while it does not`,
  async run(bench) {
    const { workspace, settings } = bench;
    const seeded = await workspace.seeded(settings);
    const path = workspace.copy(seeded.path, 'pruned');
    const { plan } = seeded;
    const middle = Date.now() - sentAt(plan, Math.floor(plan.messages / 2));
    const times = ['--retention', `${middle}ms`, '--read-window', `${middle}ms`];
    const probes = Math.round((settings.seconds * 4000) / probeEvery);
    const key = keyMaker(plan);
    const random = randomFrom(4711);
    const young = () => key(Math.ceil(plan.messages * (0.6 + 0.4 * random())));
    const sweeping = await serve(bench, { ...seeded, path }, [...times, '--log-level', 'info']);
    const swept = { done: false };
    void sweeping.line('past their retention').then(
      () => {
        swept.done = true;
      },
      () => {},
    );
    const busy = await probe(sweeping, young, probes, () => swept.done);
    await sweeping.stop();
    workspace.drop(path);
    const quiet = await serve(bench, seeded);
    const still = await probe(quiet, young, probes, () => false);
    await quiet.stop();
    return [
      ...probeFigures('while pruning', busy, 10),
      ...probeFigures('without pruning', still),
      plain('still pruning when the probes ended (1 is yes)', swept.done ? 0 : 1, ''),
    ];
  },
};
