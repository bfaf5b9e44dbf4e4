import { createSeal } from '../src/core/access/seal.ts';
import { createSecrets } from '../src/core/access/secrets.ts';
import { queryRows, type Row, sql, type Work } from '../src/store/engine/sql.ts';
import { accept } from '../src/store/messages/accept.ts';
import { markRead } from '../src/store/messages/mark-read.ts';
import { settle } from '../src/store/messages/messages.ts';
import type { Robot } from '../src/store/model.ts';
import { openStore } from '../src/store/open.ts';
import type { Store } from '../src/store/store.ts';
import { randomFrom } from './lib/stats.ts';

/** The content of a seeded file. The numbers of messages and users start from 1. */
export type Plan = {
  readonly messages: number;
  readonly recipients: number;
  readonly users: number;
  /** Epoch milliseconds of the first send; the sends are spread evenly over `span` milliseconds from there. */
  readonly firstSentAt: number;
  readonly span: number;
};

/** The bytes of a file by table. */
export type Sizes = {
  readonly bytes: number;
  readonly contents: number;
  /** Bytes for each delivery, with everything in the file except the texts. */
  readonly perDelivery: number;
  /** By table and index. */
  readonly parts: Readonly<Record<string, number>>;
};

export const credentials = { appKey: 'dingbenchapp', appSecret: 'only-for-the-benchmark' } as const;
export const robotCode = 'dingbenchrobot001';
export const secret = 'a secret for the benchmark';
export const corpId = 1;

/** Messages in one transaction. */
const chunk = 2000;

/** Makes keys of messages: the processQueryKey with the benchmark's secret. */
export function keyMaker(plan: Plan): (messageId: number) => string {
  const seal = createSeal(secret);
  return (messageId) => seal.sealKey({ corpId, robotId: 1, messageId, sentAt: sentAt(plan, messageId) });
}

/** When a message was sent, epoch milliseconds. */
export function sentAt({ firstSentAt, span, messages }: Plan, messageId: number): number {
  return firstSentAt + Math.floor(((messageId - 1) * span) / Math.max(1, messages));
}

export const userCode = (userId: number) => String(2_013_000_000 + userId);

const surnames = [...'王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高'];
const given = [...'伟芳娜敏静强磊洋艳勇军杰娟涛明超秀霞平刚桂英华建文宇欣怡雨桐子涵浩然'];

function userName(userId: number): string {
  const pick = (from: readonly string[], n: number) => from[Math.floor(n) % from.length] ?? '';
  const first = pick(given, userId / surnames.length);
  return pick(surnames, userId) + first + (userId % 3 === 0 ? '' : pick(given, userId / 31));
}

/** The recipients of a message: different users, the same ones on each call. */
export function recipientsOf({ users, recipients }: Plan, messageId: number): readonly number[] {
  const random = randomFrom(messageId);
  const chosen = new Set<number>();
  while (chosen.size < recipients) chosen.add(1 + Math.floor(random() * users));
  return [...chosen];
}

/**
 * Creates a database file with an organization, an app, a robot, users and delivered unread messages, through the
 * store's own verbs and in the usual order, so that its pages are filled as in production.
 */
export async function seed(path: string, plan: Plan): Promise<void> {
  const store = await openStore(path);
  try {
    await hurry(store);
    const robot = await seedPeople(store, plan);
    for (let done = 0; done < plan.messages; done += chunk) {
      const ids = await numbers(store, Math.min(chunk, plan.messages - done));
      if (ids[0] !== done + 1) throw new Error(`messages are numbered from ${ids[0]}, not ${done + 1}`);
      await store.driver.write(() => sendAll(plan, robot, ids));
    }
  } finally {
    await store.close();
  }
}

/** Seeding needs no durability, and all pages stay in memory. */
async function hurry(store: Store): Promise<void> {
  await pragma(store, 'synchronous = off');
  await pragma(store, 'cache_size = -4000000');
}

async function pragma(store: Store, text: string): Promise<readonly Row[]> {
  return store.driver.read(() => queryRows(sql(text, `pragma ${text}`)));
}

/** Creates the organization, the app, the robot and the users of a plan. */
export async function seedPeople(store: Store, { users }: Plan): Promise<Robot> {
  const { appKey, appSecret } = credentials;
  const secretHash = await createSecrets(14).hash(appSecret);
  await store.putOrganization({ corpId, code: 'dingbench0001', name: '测试公司' });
  const permissions = ['qyapi_robot_sendmsg', 'Card.Instance.Write', 'Card.Streaming.Write'];
  const app = { corpId, id: 1, code: appKey, kind: 'internal', secretHash, generation: 1, permissions } as const;
  await store.putApp({ ...app, agentId: 2_500_007_919, uuid: '00000000-0000-4000-8000-000000000001' });
  const limits = { perUserPerMinute: 0, perUserPerDay: 0, unblockable: false, coolAppCode: null };
  const robot: Robot = { corpId, id: 1, code: robotCode, name: '通知助手', appId: 1, disabled: false, ...limits };
  await store.putRobot(robot);
  await store.putInstallation(corpId, robot.id);
  const all = Array.from({ length: users }, (_, i) => ({ code: userCode(i + 1), name: userName(i + 1) }));
  for (let at = 0; at < users; at += chunk) await store.putUsers(corpId, all.slice(at, at + chunk));
  return robot;
}

async function numbers(store: Store, count: number): Promise<readonly number[]> {
  const taken: number[] = [];
  while (taken.length < count) taken.push(await store.number('message'));
  return taken;
}

/** The text of every seeded message. */
export const param = JSON.stringify({ content: '请于今天下班前确认本周的值班安排，谢谢。' });

/** The checked send of the message with this number. */
export function sendOf(plan: Plan, robot: Robot, messageId: number) {
  const userCodes = recipientsOf(plan, messageId).map(userCode);
  return { corpId, robot, appId: 1, kind: 1, param, userCodes, sentAt: sentAt(plan, messageId) };
}

function* sendAll(plan: Plan, robot: Robot, ids: readonly number[]): Work<void> {
  for (const id of ids) {
    yield* accept(sendOf(plan, robot, id), id);
    yield* settle(corpId, id, sentAt(plan, id) + 20);
  }
}

/** Marks read: of all deliveries the share from `from` to `to` (0 to 1), message by message. */
export async function readShare(path: string, plan: Plan, from: number, to: number): Promise<void> {
  const store = await openStore(path);
  try {
    await hurry(store);
    for (let first = 1; first <= plan.messages; first += chunk) {
      const last = Math.min(first + chunk - 1, plan.messages);
      await store.driver.write(() => readAll(plan, first, last, from, to));
    }
  } finally {
    await store.close();
  }
}

/** When each recipient has read a seeded message, in the order of the send; null for unread ones, half of all. */
export function readTimes(plan: Plan, id: number, from = 0, to = 0.5): readonly (number | null)[] {
  const random = randomFrom(id + 0x5eed);
  return recipientsOf(plan, id).map(() => {
    const share = random();
    return share < from || share >= to ? null : sentAt(plan, id) + Math.floor(random() * 600_000);
  });
}

function* readAll(plan: Plan, first: number, last: number, from: number, to: number): Work<void> {
  for (let id = first; id <= last; id++) {
    const times = readTimes(plan, id, from, to);
    for (const [i, userId] of recipientsOf(plan, id).entries()) {
      const at = times[i] ?? null;
      if (at !== null) yield* markRead(corpId, { userId, messageIds: [id], at, manner: 'seen' });
    }
  }
}

const selectSizes = sql<[name: string, bytes: number]>(
  'select_sizes',
  'select name, sum(pgsize) from dbstat group by name order by 2 desc',
);

/**
 * Measures a file by SQLite's own statistics of its pages. Everything except `contents` counts, free pages included.
 */
export async function sizesOf(path: string, { messages, recipients }: Plan): Promise<Sizes> {
  const store = await openStore(path);
  try {
    const rows = await store.driver.read(() => queryRows(selectSizes));
    const parts = Object.fromEntries(rows);
    const bytes = await fileBytes(store);
    const contents = parts.contents ?? 0;
    return { bytes, contents, perDelivery: (bytes - contents) / (messages * recipients), parts };
  } finally {
    await store.close();
  }
}

async function fileBytes(store: Store): Promise<number> {
  const one = async (text: string) => Number((await pragma(store, text))[0]?.[0]);
  return (await one('page_count')) * (await one('page_size'));
}
