/**
 * The reference for messages to groups, a process of its own: writes the rows of as many messages and deliveries through
 * the driver, with as many commits, and nothing else. It finds the statements by running the store's own verbs once on
 * a scratch copy and recording their writes. Its one argument is a `GroupLoop` as JSON; it prints the milliseconds of
 * the writing for each message.
 */

import { deliverStep, ownBounds, sharedBounds } from '../src/store/conversations/group-delivery.ts';
import type { Query } from '../src/store/engine/sql.ts';
import { accept } from '../src/store/messages/accept.ts';
import { openDriver, openStore } from '../src/store/open.ts';
import { collectWrites, replay } from './lib/collect.ts';
import { corpId, param } from './seed.ts';

export type GroupLoop = {
  /** Two equal databases with the group. */
  readonly scratch: string;
  readonly database: string;
  readonly conversationId: number;
  readonly messages: number;
};

/** The writes of a message, by transaction. */
type Transactions = readonly (readonly Query[])[];

async function record({ scratch, conversationId, messages }: GroupLoop): Promise<readonly Transactions[]> {
  const store = await openStore(scratch);
  const robot = (await store.directory()).robots()[0];
  if (!robot) throw new Error(`there is no robot in ${scratch}`);
  // Without a limit of time, so that a step has as many deliveries as it may have.
  const bounds = store.driver.exclusive ? { ...ownBounds, milliseconds: Number.POSITIVE_INFINITY } : sharedBounds;
  const recorded: Transactions[] = [];
  for (let count = 0; count < messages; count++) {
    const id = await store.number('message');
    const send = { corpId, robot, appId: 1, kind: 1, param, userCodes: [], conversationId, sentAt: Date.now() };
    const accepted = await store.driver.write(() => collectWrites(accept(send, id)));
    const transactions = [accepted.queries];
    for (let isDone = false; !isDone; ) {
      const step = await store.driver.write(() =>
        collectWrites(deliverStep(corpId, { messageId: id, at: Date.now() }, bounds)),
      );
      transactions.push(step.queries);
      ({ isDone } = step.result);
    }
    recorded.push(transactions);
  }
  await store.close();
  return recorded;
}

async function write({ database }: GroupLoop, recorded: readonly Transactions[]): Promise<readonly number[]> {
  const driver = await openDriver(database);
  const times: number[] = [];
  for (const transactions of recorded) {
    const started = performance.now();
    for (const queries of transactions) await driver.write(() => replay(queries));
    times.push(performance.now() - started);
  }
  await driver.close();
  return times;
}

const task = JSON.parse(process.argv[2] ?? '') as GroupLoop;
console.log(JSON.stringify({ milliseconds: await write(task, await record(task)) }));
