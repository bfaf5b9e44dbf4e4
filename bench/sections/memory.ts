import { readStatusPath, sendText, signIn } from '../lib/api.ts';
import type { Bench, Section } from '../lib/bench.ts';
import { bounded, plain } from '../lib/figure.ts';
import { type Huizhi, startHuizhi } from '../lib/huizhi.ts';
import { residentMemory } from '../lib/process.ts';
import { runWrk } from '../lib/wrk.ts';
import type { Trial } from './start.ts';

/** Resident memory of `dev`, idle and after many requests. */
export const memorySection: Section = {
  title: ({ memoryRequests }) => `resident memory of dev, idle and after ${memoryRequests} readStatus requests`,
  async run(bench) {
    const { settings, workspace } = bench;
    const huizhi = await startHuizhi({ dist: settings.dist, folder: workspace.folder }, ['dev']);
    try {
      const idle = await settledMemory(huizhi.pid);
      const asked = await pollMany(bench, huizhi);
      const right = residentMemory(huizhi.pid);
      const later = await settledMemory(huizhi.pid);
      return [
        bounded(plain('idle', megabytes(idle), 'MB'), { bound: 'at most', value: 80, ambition: 65 }),
        bounded(plain('after / idle', right.now / idle, ''), { bound: 'at most', value: 1.25, ambition: 1.15 }),
        plain('right after', megabytes(right.now), 'MB'),
        plain('after some seconds of rest', megabytes(later), 'MB'),
        plain('most at any time', megabytes(right.peak), 'MB'),
        plain('asked', asked, 'requests'),
      ];
    } finally {
      await huizhi.stop();
    }
  },
};

const megabytes = (bytes: number) => bytes / 1e6;

/** Measures twice a second until the memory is stable (within 1 %) for two seconds, for at most ten seconds. */
export async function settledMemory(pid: number): Promise<number> {
  let still = 0;
  let last = residentMemory(pid).now;
  for (let looks = 0; looks < 20 && still < 4; looks++) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { now } = residentMemory(pid);
    still = Math.abs(now - last) < last / 100 ? still + 1 : 0;
    last = now;
  }
  return last;
}

const messages = 200;

/** Sends some messages and requests their receipts with wrk, repeatedly, until there have been enough requests. */
async function pollMany({ settings, workspace }: Bench, { url, pid, said }: Huizhi): Promise<number> {
  const { appKey, appSecret, robotCode } = said as unknown as Trial;
  const headers = await signIn(url, appKey, appSecret);
  const userIds = ['201382020', 'user001', 'user002', 'user003', 'user004'];
  const paths: string[] = [];
  while (paths.length < messages)
    paths.push(readStatusPath(robotCode, await sendText(url, headers, robotCode, userIds)));
  const { connections, seconds, memoryRequests } = settings;
  const load = {
    url,
    pid,
    headers,
    requests: { method: 'GET', paths },
    connections,
    seconds,
    folder: workspace.folder,
  } as const;
  let asked = 0;
  while (asked < memoryRequests) asked += (await runWrk(load)).requests;
  return asked;
}
