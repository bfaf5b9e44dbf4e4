import type { Load, Prepared, Quantity, Subject } from '../lib/against.ts';
import { readStatusPath, signIn } from '../lib/api.ts';
import type { Bench } from '../lib/bench.ts';
import type { Build } from '../lib/build.ts';
import { type Huizhi, startHuizhi } from '../lib/huizhi.ts';
import { processorSeconds } from '../lib/process.ts';
import { drawn, waitForDeliveries } from '../lib/sends.ts';
import { randomFrom } from '../lib/stats.ts';
import { type Measured, type Requests, runWrk } from '../lib/wrk.ts';
import { credentials, recipientsOf, robotCode, secret, userCode } from '../seed.ts';

/** A build that serves a database, with an app signed in. */
export type Serving = Huizhi & { readonly headers: Readonly<Record<string, string>> };

/** Longer than the age of any seeded message. */
const long = '3650d';

/** Serves a database with a build. */
export async function serveBuild(
  { workspace }: Bench,
  { dist }: Build,
  database: string,
  args: readonly string[] = [],
): Promise<Serving> {
  const options = ['serve', '--database', database, '--read-window', long, '--retention', long, ...args];
  const huizhi = await startHuizhi({ dist, folder: workspace.folder }, options, [], { HUIZHI_SECRET: secret });
  return { ...huizhi, headers: await signIn(huizhi.url, credentials.appKey, credentials.appSecret) };
}

/** Seconds of processor time that a database server has used; none for a file. */
export type DatabaseSeconds = (() => number) | undefined;

const keysOfRound = 200_000;

/** readStatus of keys drawn at random, of all or of a hot set; both builds get the same keys in a round. */
export function readStatusLoad(
  bench: Bench,
  server: Serving,
  keys: readonly string[],
  hot?: number,
  databaseSeconds?: DatabaseSeconds,
): Load {
  const name = hot === undefined ? 'random keys' : `hot set of ${hot}`;
  const run = async (round: number) => {
    const random = randomFrom(round * 7919 + 17);
    const any = () => keys[Math.floor(random() * keys.length)] ?? '';
    const set = hot === undefined ? undefined : Array.from({ length: hot }, any);
    const next = () => set?.[Math.floor(random() * set.length)] ?? any();
    const paths = Array.from({ length: keysOfRound }, () => readStatusPath(robotCode, next()));
    return measure(bench, server, { method: 'GET', paths }, async () => {}, databaseSeconds);
  };
  return { name, run };
}

/** batchSend to different users, until all of it is delivered. */
export function batchSendLoad(
  bench: Bench,
  server: Serving,
  recipients: number,
  databaseSeconds?: DatabaseSeconds,
): Load {
  const { users } = bench.settings;
  const msgParam = JSON.stringify({ content: '请于今天下班前确认本周的值班安排，谢谢。' });
  const bodies = Array.from({ length: drawn }, (_, i) => {
    const plan = { users, recipients, messages: drawn, firstSentAt: 0, span: 0 };
    return JSON.stringify({
      robotCode,
      userIds: recipientsOf(plan, i + 1).map(userCode),
      msgKey: 'sampleText',
      msgParam,
    });
  });
  const requests: Requests = { method: 'POST', path: '/v1.0/robot/oToMessages/batchSend', bodies };
  const run = () => measure(bench, server, requests, () => waitForDeliveries(server), databaseSeconds);
  return { name: `batchSend to ${recipients}`, run };
}

/** Puts a load on a server; the processor time and the rate include what `settle` waits for. */
async function measure(
  { settings, workspace }: Bench,
  { url, pid, headers }: Serving,
  requests: Requests,
  settle: () => Promise<void>,
  databaseSeconds: DatabaseSeconds,
): Promise<readonly Quantity[]> {
  const { connections, seconds } = settings;
  const load = { url, pid, headers, requests, connections, seconds, folder: workspace.folder };
  const before = { server: processorSeconds(pid), database: databaseSeconds?.() ?? 0 };
  const measured = await runWrk(load);
  const settling = performance.now();
  await settle();
  const rate = measured.requests / (measured.seconds + (performance.now() - settling) / 1000);
  const micros = (seconds: number) => (seconds * 1e6) / measured.requests;
  const ofDatabase = databaseSeconds && micros(databaseSeconds() - before.database);
  return quantities(measured, rate, micros(processorSeconds(pid) - before.server), ofDatabase);
}

function quantities(
  { p99Milliseconds }: Measured,
  rate: number,
  ofServer: number,
  ofDatabase: number | undefined,
): readonly Quantity[] {
  const database = { name: 'processor time of PostgreSQL', unit: 'us/request', value: ofDatabase ?? 0 };
  return [
    { name: 'processor time', unit: 'us/request', value: ofServer },
    ...(ofDatabase === undefined ? [] : [database]),
    { name: 'rate', unit: 'requests/s', value: rate },
    { name: '99 % within', unit: 'ms', value: p99Milliseconds },
  ];
}

/** Starts each build on a copy of one file. */
export function onCopies(bench: Bench, original: string, loads: (server: Serving) => readonly Load[]): Prepared {
  return {
    async start(build): Promise<Subject> {
      const path = bench.workspace.copy(original, build.name.replaceAll(' ', '-'));
      const server = await serveBuild(bench, build, path);
      const stop = () => server.stop().then(() => bench.workspace.drop(path));
      return { loads: loads(server), stop };
    },
    close: async () => bench.workspace.drop(original),
  };
}
