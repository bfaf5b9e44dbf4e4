import { users } from '../crash/server.ts';
import { type Caller, createCaller, inboxOf, operator, requestRecall, requestReceipt, requestSend } from './calls.ts';
import { acknowledgeChange, learnName, readKey, type Send, tryChange } from './ledger.ts';
import { wait } from './machine.ts';
import type { Member } from './member.ts';
import type { World } from './world.ts';

export type Load = { stop(): Promise<void> };

type Work = (world: World, caller: Caller, member: Member) => Promise<void>;

/** Sends, reads, recalls and changes users at all processes until it is stopped, whatever they answer. */
export function startLoad(world: World): Load {
  let isOn = true;
  const works: readonly Work[] = [sends, sends, sends, reads, reads, recalls, changes];
  const workers = works.map(async (work) => {
    const caller = createCaller(world);
    while (isOn) {
      const listening = world.members.filter((member) => member.url() !== undefined);
      if (listening.length > 0) await work(world, caller, pick(listening));
      await wait(5 + Math.random() * 15);
    }
    caller.close();
  });
  return {
    async stop() {
      isOn = false;
      await Promise.all(workers);
    },
  };
}

/** Independent of the schedule's numbers, because the number of calls depends on the machine. */
function pick<T>(list: readonly T[]): T {
  const item = list[Math.floor(Math.random() * list.length)];
  if (item === undefined) throw new Error('nothing to choose from');
  return item;
}

/** A new send to some users, recorded before it is requested. */
export function recordSend({ ledger }: World): Send {
  const name = `m${ledger.sends.size}`;
  const some = users.filter(() => Math.random() < 0.6);
  const userIds = some.length === 0 ? [...users] : some;
  const send: Send = { name, userIds, repeatable: Math.random() < 0.5, key: undefined, recall: undefined };
  ledger.sends.set(name, send);
  return send;
}

/** Sends, and requests the receipt from any process right after the acknowledgement. */
const sends: Work = async (world, caller, member) => {
  const send = recordSend(world);
  if (await requestSend(world, caller, member, send)) await confirmSend(world, caller, pick(world.members), send);
};

/** Records a finding if a process refuses the receipt of an acknowledged send. Returns whether it returned one. */
export async function confirmSend(world: World, caller: Caller, member: Member, send: Send): Promise<boolean> {
  const receipt = await requestReceipt(world, caller, member, send);
  if (!receipt) return false;
  if (!('refusal' in receipt)) return true;
  const what = `${member.name} refuses the receipt of ${send.name} right after the send: ${receipt.refusal}`;
  world.ledger.findings.push({ wrong: 'lost', what });
  return false;
}

type Listed = { readonly messageId: string; readonly msgParam: string | null; readonly recalled: boolean };

const reads: Work = async (world, caller, member) => {
  const { ledger } = world;
  const userId = pick(users);
  const headers = inboxOf(world, userId);
  const page = await caller.call(member, 'GET', '/inbox/v1/messages?unread=true&limit=20', headers);
  if (page?.status !== 200) return;
  const listed = (page.body.messages as Listed[]).filter(({ recalled }) => !recalled);
  const all = listed.map(({ messageId, msgParam }) => ({ messageId, name: learnName(ledger, messageId, msgParam) }));
  const chosen = all.filter(() => Math.random() < 0.3);
  const names = chosen.flatMap(({ name }) => (name === undefined ? [] : [name]));
  if (names.length === 0) return;
  for (const key of names.map((name) => readKey(userId, name)))
    if (!ledger.reads.has(key)) ledger.reads.set(key, 'tried');
  const body = { messageIds: chosen.map(({ messageId }) => messageId) };
  const reply = await caller.call(member, 'POST', '/inbox/v1/messages/read', headers, body);
  if (reply?.status !== 200) return;
  ledger.acknowledged.reads++;
  for (const name of names) ledger.reads.set(readKey(userId, name), 'acknowledged');
  await confirmRead(world, caller, userId, pick(names));
};

/** Requests a receipt from any process and checks that it has a read that was just acknowledged. */
async function confirmRead(world: World, caller: Caller, userId: string, name: string): Promise<void> {
  const send = world.ledger.sends.get(name);
  if (send?.key === undefined) return;
  const member = pick(world.members);
  const receipt = await requestReceipt(world, caller, member, send);
  // A message that was recalled before can no longer be read.
  if (!receipt || send.recall !== undefined) return;
  const isRead = !('refusal' in receipt) && receipt.list.some((one) => one.userId === userId && one.isRead);
  const what = `${member.name} does not know that ${userId} has just read ${name}: ${JSON.stringify(receipt)}`;
  if (!isRead) world.ledger.findings.push({ wrong: 'lost', what });
}

/** Recalls messages whose content an inbox has shown; afterwards nothing may show it. */
const recalls: Work = async (world, caller, member) => {
  const { ledger } = world;
  await wait(50);
  const recent = [...ledger.nameOf.values()].slice(-30).flatMap((name) => ledger.sends.get(name) ?? []);
  const candidates = recent.filter(({ key, recall }) => key !== undefined && recall === undefined);
  const chosen = candidates.filter(() => Math.random() < 0.05);
  if (chosen.length > 0) await requestRecall(world, caller, member, chosen);
};

/**
 * Creates, renames and sometimes removes a user in the console. A user whose change got no answer is not changed again.
 */
const changes: Work = async (world, caller, member) => {
  await wait(50);
  const userId = `p${world.ledger.people.size}`;
  const person = { states: [null] as (string | null)[], acknowledged: 0, tried: 0 };
  world.ledger.people.set(userId, person);
  const path = `/console/v1/users/${userId}?corpId=corp`;
  const steps = [
    { state: 'first', method: 'POST', path: '/console/v1/users', body: { corpId: 'corp', userId, name: 'first' } },
    { state: 'second', method: 'PUT', path, body: { name: 'second' } },
    { state: null, method: 'DELETE', path, body: undefined },
  ] as const;
  for (const step of steps.slice(0, Math.random() < 0.3 ? 3 : 2)) {
    tryChange(person, step.state);
    const reply = await caller.call(member, step.method, step.path, operator, step.body);
    if (reply?.status !== 200) return;
    acknowledgeChange(person);
    world.ledger.acknowledged.changes++;
  }
};
