import { alternate } from '../lib/alternate.ts';
import type { Bench, Section } from '../lib/bench.ts';
import { bounded, type Figure, plain } from '../lib/figure.ts';
import { type Polled, poll, randomPaths, serve, startBaseline, warmedUp } from '../lib/polled.ts';
import type { Child } from '../lib/process.ts';
import { median } from '../lib/stats.ts';
import type { Measured } from '../lib/wrk.ts';
import { robotCode } from '../seed.ts';

const hotKeys = 1000;

/** A recall that changes nothing: this key was not issued by any server. */
const recall = {
  path: '/v1.0/robot/otoMessages/batchRecall',
  body: JSON.stringify({ robotCode, processQueryKeys: ['not-a-key'] }),
};

/** readStatus against a bare server that sends the same bytes, also on connections with one POST after ten GETs. */
export const readStatusSection: Section = {
  title: ({ messages, recipients }) =>
    `readStatus over ${messages} messages of ${recipients}, against bare node:http with the same bytes, same load, in turn`,
  async run(bench) {
    const seeded = await bench.workspace.receipts(bench.settings);
    const huizhi = await serve(bench, seeded);
    const baseline = await startBaseline(bench, huizhi);
    try {
      if (!bench.settings.quick) await warmedUp(huizhi.pid);
      const uniform = await compare(bench, huizhi, baseline, (draw) => randomPaths(seeded, draw));
      const hot = await compare(bench, huizhi, baseline, (draw) => randomPaths(seeded, draw, hotKeys));
      const mixed = await compare(bench, huizhi, baseline, (draw) => randomPaths(seeded, draw, hotKeys), recall);
      return [
        ...figures('uniform', uniform, 0.8, 0.95),
        ...figures('hot set', hot, 1, 1.15),
        ...figures('mixed', mixed, 0.75, 0.9),
      ];
    } finally {
      await Promise.all([huizhi.stop(), baseline.stop()]);
    }
  },
};

type Rounds = Awaited<ReturnType<typeof compare>>;

/** Both are warmed up first, so that the first round does not differ; a quick run leaves this out. */
async function compare(
  bench: Bench,
  huizhi: Polled,
  baseline: Child & { url: string },
  paths: (draw: number) => string[],
  post?: typeof recall,
) {
  const { headers } = huizhi;
  const one = (server: Child & { url: string }) => (round: number) => poll(bench, server, headers, paths(round), post);
  if (!bench.settings.quick) {
    await one(huizhi)(-1);
    await one(baseline)(-1);
  }
  return alternate(bench.settings.rounds, one(huizhi), one(baseline), (a, b) => a.perSecond / b.perSecond);
}

function figures(name: string, { first, second, ratio, ratios }: Rounds, floor: number, ambition: number): Figure[] {
  const middle = (of: readonly Measured[], pick: (one: Measured) => number) => median(of.map(pick));
  const rate = (one: Measured) => one.perSecond;
  const cost = (one: Measured) => one.microsPerRequest;
  const busy = (one: Measured) => one.serverBusy;
  return [
    bounded(plain(`${name}: ratio`, ratio, '', ratios), { bound: 'at least', value: floor, ambition }),
    plain(`${name}: huizhi`, middle(first, rate), 'requests/s', first.map(rate)),
    plain(`${name}: bare node:http`, middle(second, rate), 'requests/s', second.map(rate)),
    plain(
      `${name}: huizhi, half within`,
      middle(first, (one) => one.p50Milliseconds),
      'ms',
    ),
    plain(
      `${name}: huizhi, 99 % within`,
      middle(first, (one) => one.p99Milliseconds),
      'ms',
    ),
    plain(`${name}: processor time of huizhi`, middle(first, cost), 'us/request', first.map(cost)),
    plain(`${name}: processor time of bare node:http`, middle(second, cost), 'us/request', second.map(cost)),
    plain(`${name}: cores that huizhi kept busy`, middle(first, busy), ''),
    plain(`${name}: cores that bare node:http kept busy`, middle(second, busy), ''),
  ];
}
