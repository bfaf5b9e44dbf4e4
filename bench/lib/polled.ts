import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { quietTime } from '../../src/core/warm-up.ts';
import { credentials, keyMaker, robotCode, secret } from '../seed.ts';
import { readStatus, readStatusPath, signIn } from './api.ts';
import type { Bench } from './bench.ts';
import { type Huizhi, startHuizhi } from './huizhi.ts';
import { type Child, processorSeconds, startNode } from './process.ts';
import { capture } from './raw.ts';
import { randomFrom } from './stats.ts';
import type { Seeded } from './workspace.ts';
import { type Measured, runWrk } from './wrk.ts';

/** A huizhi on a seeded file, with an app signed in. */
export type Polled = Huizhi & { readonly seeded: Seeded; readonly headers: Readonly<Record<string, string>> };

/** Longer than the age of any seeded message. */
const long = '3650d';

/** Serves a seeded file; `args` override the long read window and retention. */
export async function serve(
  { settings, workspace }: Bench,
  seeded: Seeded,
  args: readonly string[] = [],
  nodeArgs: readonly string[] = [],
): Promise<Polled> {
  const forever = args.includes('--retention') ? [] : ['--read-window', long, '--retention', long];
  const options = [
    'serve',
    '--database',
    seeded.path,
    '--secret-file',
    secretFile(workspace.folder, 'secret', secret),
    ...forever,
    ...args,
  ];
  const huizhi = await startHuizhi({ dist: settings.dist, folder: workspace.folder }, options, nodeArgs);
  return { ...huizhi, seeded, headers: await signIn(huizhi.url, credentials.appKey, credentials.appSecret) };
}

/** Secrets are not accepted as arguments, so this writes one into a file. */
export function secretFile(folder: string, name: string, secret: string): string {
  const path = join(folder, name);
  writeFileSync(path, `${secret}\n`, { mode: 0o600 });
  return path;
}

/** Number of keys in a round: more than a round can request, so that keys repeat only by coincidence. */
const sampled = 200_000;

/** Paths of receipts of random messages, of all or of a hot set of `hot`; each seed draws others. */
export function randomPaths({ plan }: Seeded, draw: number, hot?: number): string[] {
  const key = keyMaker(plan);
  const random = randomFrom(draw * 7919 + 17);
  const any = () => 1 + Math.floor(random() * plan.messages);
  const set = hot === undefined ? undefined : Array.from({ length: hot }, any);
  const next = () => set?.[Math.floor(random() * set.length)] ?? any();
  return Array.from({ length: sampled }, () => readStatusPath(robotCode, key(next())));
}

/** Requests these paths from one server, with a POST after every ten of them if one is given. */
export function poll(
  { settings, workspace }: Bench,
  { url, pid }: Pick<Polled, 'url' | 'pid'>,
  headers: Polled['headers'],
  paths: string[],
  post?: { readonly path: string; readonly body: string },
): Promise<Measured> {
  const { connections, seconds } = settings;
  return runWrk({
    url,
    pid,
    headers,
    requests: { method: 'GET', paths, ...(post && { post }) },
    connections,
    seconds,
    folder: workspace.folder,
  });
}

/** Waits until a server has read ahead all receipts that its memory holds, and is idle. */
export async function warmedUp(pid: number): Promise<void> {
  await setTimeout(quietTime);
  for (let before = -1, now = 0; now - before > 0.1; ) {
    before = processorSeconds(pid);
    await setTimeout(1000);
    now = processorSeconds(pid);
  }
}

/** Starts the bare server with the response of huizhi for one of its messages, and checks that both agree. */
export async function startBaseline(
  { workspace }: Bench,
  { url, headers, seeded }: Polled,
): Promise<Child & { url: string }> {
  const key = keyMaker(seeded.plan)(typicalMessage);
  await readStatus(url, headers, robotCode, key);
  const path = readStatusPath(robotCode, key);
  const answer = await capture(url, path, headers);
  const child = await startNode(
    [join(import.meta.dirname, '../baseline.ts'), JSON.stringify(answer)],
    workspace.folder,
  );
  const baseline = { ...child, url: String(child.said.url) };
  const same = await capture(baseline.url, path, headers);
  if (JSON.stringify(same) !== JSON.stringify(answer)) throw new Error('the baseline does not send the same bytes');
  return baseline;
}

/** A message to five users, two or three of whom have read it. */
const typicalMessage = 7;
