import { readStatus, sendText, signIn } from '../lib/api.ts';
import type { Bench, Section } from '../lib/bench.ts';
import { bounded, plain } from '../lib/figure.ts';
import { startHuizhi } from '../lib/huizhi.ts';
import { median } from '../lib/stats.ts';

/** The time from the start of `dev` to the first receipt. */
export const startSection: Section = {
  title: ({ starts }) =>
    `dev, from spawn to the first answered readStatus with token and send on the way, ${starts} times`,
  async run(bench) {
    await startOnce(bench);
    const runs: { listening: number; answered: number }[] = [];
    for (let i = 0; i < bench.settings.starts; i++) runs.push(await startOnce(bench));
    const answered = runs.map((run) => run.answered);
    const listening = runs.map((run) => run.listening);
    return [
      bounded(plain('half within', median(answered), 'ms', answered), { bound: 'at most', value: 200, ambition: 130 }),
      plain('slowest', Math.max(...answered), 'ms'),
      plain('listening, half within', median(listening), 'ms', listening),
    ];
  },
};

/** The first run of a section reads the package from disk and is not counted. */
async function startOnce({ settings, workspace }: Bench) {
  const started = performance.now();
  const { dist } = settings;
  const huizhi = await startHuizhi({ dist, folder: workspace.folder }, ['dev']);
  const listening = performance.now() - started;
  const { appKey, appSecret, robotCode, recipient } = huizhi.said as unknown as Trial;
  const headers = await signIn(huizhi.url, appKey, appSecret);
  const key = await sendText(huizhi.url, headers, robotCode, [recipient.userId]);
  await readStatus(huizhi.url, headers, robotCode, key);
  const answered = performance.now() - started;
  await huizhi.stop();
  return { listening, answered };
}

/** The output of `dev --json` when it listens. */
export type Trial = {
  readonly appKey: string;
  readonly appSecret: string;
  readonly robotCode: string;
  readonly recipient: { readonly userId: string };
};
