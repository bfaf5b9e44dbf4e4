import { call, readStatusPath } from '../lib/api.ts';
import type { Section } from '../lib/bench.ts';
import { bounded, type Figure, plain } from '../lib/figure.ts';
import { type Polled, serve } from '../lib/polled.ts';
import { percentile, randomFrom } from '../lib/stats.ts';
import { keyMaker, robotCode, sentAt } from '../seed.ts';

/** Milliseconds between two probes. */
const every = 4;

/** The latency of requests while old messages are being removed. */
export const retentionSection: Section = {
  title: ({ messages }) =>
    `a readStatus every ${every} ms while retention removes the older half of ${messages} messages, and while it does not`,
  async run(bench) {
    const { workspace, settings } = bench;
    const seeded = await workspace.seeded(settings);
    const path = workspace.copy(seeded.path, 'pruned');
    const { plan } = seeded;
    const middle = Date.now() - sentAt(plan, Math.floor(plan.messages / 2));
    const times = ['--retention', `${middle}ms`, '--read-window', `${middle}ms`];
    const probes = Math.round((settings.seconds * 4000) / every);
    const sweeping = await serve(bench, { ...seeded, path }, [...times, '--log-level', 'info']);
    const swept = { done: false };
    void sweeping.line('past their retention').then(
      () => {
        swept.done = true;
      },
      () => {},
    );
    const busy = await probe(sweeping, probes, () => swept.done);
    await sweeping.stop();
    workspace.drop(path);
    const quiet = await serve(bench, seeded);
    const still = await probe(quiet, probes, () => false);
    await quiet.stop();
    return [
      ...waits('while pruning', busy, 10),
      ...waits('without pruning', still),
      plain('still pruning when the probes ended (1 is yes)', swept.done ? 0 : 1, ''),
    ];
  },
};

function waits(name: string, milliseconds: readonly number[], most?: number): Figure[] {
  const longest = plain(`${name}: 99 % within`, percentile(milliseconds, 0.99), 'ms');
  return [
    plain(`${name}: asked`, milliseconds.length, 'requests'),
    plain(`${name}: half within`, percentile(milliseconds, 0.5), 'ms'),
    most === undefined ? longest : bounded(longest, { bound: 'at most', value: most }),
    plain(`${name}: 99.9 % within`, percentile(milliseconds, 0.999), 'ms'),
    plain(`${name}: longest`, Math.max(...milliseconds), 'ms'),
  ];
}

/**
 * Makes requests at a fixed rate, whether or not the last one is answered, so that a pause shows in every request
 * during it. The first second is not counted.
 */
async function probe({ url, headers, seeded }: Polled, count: number, done: () => boolean): Promise<readonly number[]> {
  const { plan } = seeded;
  const key = keyMaker(plan);
  const random = randomFrom(4711);
  const young = () => Math.ceil(plan.messages * (0.6 + 0.4 * random()));
  const answers: Promise<number>[] = [];
  const warmUp = 1000 / every;
  for (let at = performance.now(); answers.length < count + warmUp && !done(); at += every) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, at - performance.now())));
    const asked = call(url + readStatusPath(robotCode, key(young())), headers);
    answers.push(asked.then(({ status, text, milliseconds }) => (status === 200 ? milliseconds : refuse(text))));
  }
  return (await Promise.all(answers)).slice(warmUp);
}

function refuse(text: string): never {
  throw new Error(`a probe was refused: ${text}`);
}
