/**
 * The reference for batchSend, a process of its own: writes the rows of as many messages through the driver, in groups
 * of the same size, and nothing else; no HTTP, no checks, no look-ups. It finds the statements by running the store's
 * own verbs once on a scratch copy and recording their writes. Its one argument is a `WriteLoop` as JSON; it prints the
 * seconds of the writing.
 */

import type { Query } from '../src/store/engine/sql.ts';
import { openSqlite } from '../src/store/engine/sqlite/sqlite.ts';
import { accept } from '../src/store/messages/accept.ts';
import { settle } from '../src/store/messages/messages.ts';
import { openStore } from '../src/store/open.ts';
import { collectWrites, replay } from './lib/collect.ts';
import { corpId, type Plan, sendOf, sentAt } from './seed.ts';

export type WriteLoop = {
  /** Two equal databases with users and without messages. */
  readonly scratch: string;
  readonly database: string;
  readonly plan: Plan;
  readonly messages: number;
  /** Accepts and settles in one commit, the average of huizhi. */
  readonly bodiesPerCommit: number;
};

type Bodies = { readonly accepts: (readonly Query[])[]; readonly settles: (readonly Query[])[] };

/** Runs the verbs and records their writes. */
async function record({ scratch, plan, messages }: WriteLoop): Promise<Bodies> {
  const store = await openStore(scratch);
  const robot = (await store.directory()).robots()[0];
  if (!robot) throw new Error(`there is no robot in ${scratch}`);
  const accepts: (readonly Query[])[] = [];
  const settles: (readonly Query[])[] = [];
  const some = 500;
  for (let first = 1; first <= messages; first += some) {
    await store.driver.write(function* () {
      for (let id = first; id < Math.min(first + some, messages + 1); id++) {
        accepts[id - 1] = (yield* collectWrites(accept(sendOf(plan, robot, id), id))).queries;
        settles[id - 1] = (yield* collectWrites(settle(corpId, id, sentAt(plan, id) + 20))).queries;
      }
    });
  }
  await store.close();
  return { accepts, settles };
}

/**
 * Each group holds new messages and the deliveries of the group before, half and half; each body counts as one write.
 */
async function write(
  { database, messages, bodiesPerCommit }: WriteLoop,
  { accepts, settles }: Bodies,
): Promise<number> {
  const driver = openSqlite(database);
  const started = performance.now();
  let before = { from: 0, to: 0 };
  for (let group = 1; before.from < messages; group++) {
    const now = { from: before.to, to: Math.min(messages, Math.round((group * bodiesPerCommit) / 2)) };
    const bodies = [...settles.slice(before.from, before.to), ...accepts.slice(now.from, now.to)];
    await Promise.all(bodies.map((queries) => driver.write(() => replay(queries))));
    before = now;
  }
  const seconds = (performance.now() - started) / 1000;
  await driver.close();
  return seconds;
}

const task = JSON.parse(process.argv[2] ?? '') as WriteLoop;
const seconds = await write(task, await record(task));
console.log(JSON.stringify({ seconds }));
