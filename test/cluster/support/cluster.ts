import { connection } from '../../crash/connection.ts';
import type { Ledger } from '../../crash/ledger.ts';
import { callers, isBroken, type Load, type Passes, RefusedError, statusOf, type Worker } from '../../crash/load.ts';
import { launch, type Server, users } from '../../crash/server.ts';

/** One of several processes, and the connections that put it under load. */
export type Member = { readonly name: string; readonly server: Server };

/** The address of a database with an application name, by which its connections can be told apart. */
function named(database: string, name: string): string {
  const url = new URL(database);
  url.searchParams.set('application_name', name);
  return url.href;
}

let count = 0;

/** Starts one more process on a database, without waiting for it. */
export function launchMember(folder: string, database: string): { ready: Promise<Member>; kill: () => Promise<void> } {
  const name = `huizhi-${count++}`;
  const { ready, kill } = launch(folder, named(database, name));
  return { ready: ready.then((server) => ({ name, server })), kill };
}

export type ClusterLoad = {
  readonly ledger: Ledger;
  readonly passes: Passes;
  readonly random: () => number;
  /** The current members; a killed one is replaced. */
  members(): readonly Member[];
  /** Since when each member has answered without a failure, by name; in milliseconds of `performance.now()`. */
  readonly lastGood: Map<string, number>;
  /** Failed answers, counted by kind. */
  readonly refused: Map<string, number>;
};

/** Puts every member under load until the signal; a caller whose member is killed continues with another one. */
export async function rushAll(load: ClusterLoad, signal: AbortSignal): Promise<void> {
  const { sends, reads, recalls, asks } = callers();
  const workers: readonly Worker[] = [sends, sends, reads, recalls, asks, readsAcross(load)];
  const places = Array.from({ length: 3 }, (_, place) => workers.map((work) => keepOn(load, place, work, signal)));
  await Promise.all(places.flat());
}

async function keepOn(load: ClusterLoad, place: number, work: Worker, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const member = at(load, place);
    if (!member) return;
    await loadMember(load, member, () => !signal.aborted && at(load, place) === member, work);
  }
}

const at = (load: ClusterLoad, place: number) => load.members()[place % load.members().length];

/** Calls one member until its connection breaks. The only error allowed is the documented one. */
async function loadMember(load: ClusterLoad, member: Member, goesOn: () => boolean, work: Worker): Promise<void> {
  const line = connection(member.server.url);
  const one: Load = { ...load, server: member.server };
  try {
    while (goesOn()) {
      try {
        await work(one, line);
        load.lastGood.set(member.name, performance.now());
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error;
        load.refused.set(error.message, (load.refused.get(error.message) ?? 0) + 1);
        if (error.status !== 500 || error.code !== 'system.error') load.ledger.complaints.push(error.message);
      }
    }
  } catch (error) {
    // A killed process sends no answer; everything else is a finding.
    if (!isBroken(error) || load.members().includes(member)) load.ledger.complaints.push(`${member.name}: ${error}`);
  } finally {
    line.close();
  }
}

/** Marks a message read at one member, and requests its receipt from another right away. */
function readsAcross(cluster: ClusterLoad): Worker {
  return async (load, line) => {
    const { ledger, passes, random } = load;
    const user = users[Math.floor(random() * users.length)] ?? '';
    const message = [...ledger.sent.values()].slice(-20).find(({ userIds }) => userIds.includes(user));
    const others = cluster.members().filter(({ server }) => server !== load.server);
    const other = others[Math.floor(random() * others.length)];
    if (!message || !other) return callers().asks(load, line);
    const before = new Set(ledger.read);
    await callers().reads(load, line);
    const key = [...ledger.read].find((what) => !before.has(what));
    const [reader = '', name = ''] = key?.split(/ (.*)/) ?? [];
    const read = ledger.sent.get(name);
    if (!read) return;
    const elsewhere = connection(other.server.url);
    try {
      const { status, body } = await statusOf(passes, elsewhere, read);
      if (status !== 200) return;
      const list = body.messageReadInfoList as { userId: string; readStatus: string }[];
      const info = list.find(({ userId }) => userId === reader);
      if (info?.readStatus !== 'READ')
        ledger.complaints.push(`${reader} has read ${name}, and ${other.name} does not know`);
    } catch (error) {
      if (!isBroken(error)) throw error;
    } finally {
      elsewhere.close();
    }
  };
}
