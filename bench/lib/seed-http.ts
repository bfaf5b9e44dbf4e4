import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { credentials, type Plan, param, recipientsOf, robotCode, secret, userCode } from '../seed.ts';
import { call, sendText, signIn } from './api.ts';
import type { Bench } from './bench.ts';
import { type Build, latestSchema } from './build.ts';
import { type Huizhi, startHuizhi } from './huizhi.ts';

/** A database that a build has filled through HTTP. */
export type Filled = {
  readonly database: string;
  /** The processQueryKeys of its messages. */
  readonly keys: readonly string[];
};

/** Number of concurrent sends. */
const parallel = 64;

/**
 * Fills an empty database through HTTP, with the build of the older schema: both builds can then open a copy of it, and
 * each migrates its own. Half of all deliveries are read.
 */
export async function fillOverHttp(
  { workspace, settings, say }: Bench,
  builds: readonly Build[],
  database: string,
  what: Pick<Plan, 'messages' | 'recipients'>,
): Promise<Filled> {
  const oldest = builds.toSorted((a, b) => latestSchema(a) - latestSchema(b))[0];
  if (!oldest) throw new Error('there is no build to fill a database with');
  const started = performance.now();
  const plan = { users: settings.users, ...what, firstSentAt: 0, span: 0 };
  const config = join(workspace.folder, 'seed.yaml');
  writeFileSync(config, JSON.stringify(setup(plan.users)));
  const options = ['dev', '--database', database, '--config', config];
  const huizhi = await startHuizhi({ dist: oldest.dist, folder: workspace.folder }, options, [], {
    HUIZHI_SECRET: secret,
  });
  try {
    const keys = await sendAll(huizhi, plan);
    const seconds = Math.round((performance.now() - started) / 1000);
    say(`${oldest.name} sent ${plan.messages} messages to ${plan.recipients} of ${plan.users} users in ${seconds} s`);
    return { database, keys };
  } finally {
    await huizhi.stop();
  }
}

/** A configuration file; JSON is YAML. */
function setup(users: number): object {
  const corpId = 'dingbench0001';
  const all = Array.from({ length: users }, (_, i) => ({ userId: userCode(i + 1), name: `测试${i + 1}` }));
  return {
    organizations: [{ corpId, name: '测试公司', users: all }],
    apps: [{ ...credentials, kind: 'internal', corpId, permissions: ['qyapi_robot_sendmsg'] }],
    robots: [{ robotCode, name: '通知助手', appKey: credentials.appKey, installedIn: [corpId] }],
  };
}

async function sendAll({ url }: Huizhi, plan: Plan): Promise<readonly string[]> {
  const headers = await signIn(url, credentials.appKey, credentials.appSecret);
  const { content } = JSON.parse(param) as { content: string };
  const keys: string[] = [];
  let next = 1;
  const sender = async () => {
    while (next <= plan.messages) {
      const number = next++;
      const userIds = recipientsOf(plan, number).map(userCode);
      const key = await sendText(url, headers, robotCode, userIds, content);
      keys[number - 1] = key;
      await readHalf(url, key, userIds, number);
    }
  };
  await Promise.all(Array.from({ length: parallel }, sender));
  return keys;
}

async function readHalf(url: string, processQueryKey: string, userIds: readonly string[], number: number) {
  const readers = userIds.filter((_, i) => (i + number) % 2 === 0);
  const { status, text } = await call(`${url}/emulator/v1/reads`, {}, { processQueryKey, userIds: readers });
  if (status !== 200) throw new Error(`/emulator/v1/reads returned ${status}: ${text}`);
}
