import { type Plan, recipientsOf, robotCode, userCode } from '../seed.ts';
import { call } from './api.ts';
import type { Bench } from './bench.ts';
import type { Polled } from './polled.ts';
import { type Measured, runWrk } from './wrk.ts';

/** Number of different sends in a round. A round that makes more repeats them. */
export const drawn = 20_000;

/** The bodies of sends to the recipients of a plan's messages. */
export function bodies(plan: Plan): string[] {
  const msgParam = JSON.stringify({ content: '请于今天下班前确认本周的值班安排，谢谢。' });
  return Array.from({ length: plan.messages }, (_, i) =>
    JSON.stringify({ robotCode, userIds: recipientsOf(plan, i + 1).map(userCode), msgKey: 'sampleText', msgParam }),
  );
}

/** Sends them over all connections for a number of seconds. */
export function load(
  { settings, workspace }: Bench,
  { url, pid, headers }: Polled,
  all: string[],
  seconds: number,
): Promise<Measured> {
  const path = '/v1.0/robot/oToMessages/batchSend';
  const { connections } = settings;
  return runWrk({
    url,
    pid,
    headers,
    requests: { method: 'POST', path, bodies: all },
    connections,
    seconds,
    folder: workspace.folder,
  });
}

/** Messages delivered since the start, by the server's own metrics. */
export const delivered = (server: Pick<Polled, 'url'>) => metric(server, 'huizhi_delivery_lag_seconds_count');

/** Waits until all messages are delivered. */
export async function waitForDeliveries(server: Pick<Polled, 'url'>): Promise<void> {
  while ((await metric(server, 'huizhi_queue_depth')) > 0);
}

async function metric({ url }: Pick<Polled, 'url'>, name: string): Promise<number> {
  const { text } = await call(`${url}/metrics`);
  const value = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1];
  if (value === undefined) throw new Error(`/metrics has no ${name}`);
  return Number(value);
}
