import type { Comparison, Quantity } from '../lib/against.ts';
import { readStatus, sendText, signIn } from '../lib/api.ts';
import type { Bench } from '../lib/bench.ts';
import type { Build } from '../lib/build.ts';
import { startHuizhi } from '../lib/huizhi.ts';
import { processorSeconds } from '../lib/process.ts';
import type { Trial } from '../sections/start.ts';

/** `dev` from spawn to the first answered readStatus. */
export const start: Comparison = {
  title: () => 'dev, from spawn to the first answered readStatus with token and send on the way',
  prepare: async (bench) => ({
    start: async (build) => ({ loads: [{ name: 'dev', run: () => startOnce(bench, build) }], stop: async () => {} }),
    close: async () => {},
  }),
};

async function startOnce({ workspace }: Bench, { dist }: Build): Promise<readonly Quantity[]> {
  const started = performance.now();
  const huizhi = await startHuizhi({ dist, folder: workspace.folder }, ['dev']);
  const { appKey, appSecret, robotCode, recipient } = huizhi.said as unknown as Trial;
  const headers = await signIn(huizhi.url, appKey, appSecret);
  await readStatus(huizhi.url, headers, robotCode, await sendText(huizhi.url, headers, robotCode, [recipient.userId]));
  const milliseconds = performance.now() - started;
  const processor = processorSeconds(huizhi.pid) * 1000;
  await huizhi.stop();
  return [
    { name: 'until the first receipt', unit: 'ms', value: milliseconds },
    { name: 'processor time', unit: 'ms', value: processor },
  ];
}
