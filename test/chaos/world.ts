import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { enter } from '../crash/passes.ts';
import { configure } from '../crash/server.ts';
import type { Installation } from './calls.ts';
import { copyBase, type Database, initialize, openDatabase, password } from './database.ts';
import type { Engine } from './kinds.ts';
import type { Ledger } from './ledger.ts';
import { type Machine, until } from './machine.ts';
import { createMember, type Member } from './member.ts';
import { openRelay } from './proxy.ts';
import { findTool } from './tools.ts';

/** One installation under faults: its processes, its database, and everything it has acknowledged. */
export type World = Installation & {
  readonly machine: Machine;
  readonly engine: Engine;
  readonly folder: string;
  /** Generates the schedule: numbers from 0 to 1, the same for the same seed. */
  readonly random: () => number;
  /** The longest duration of a fault, in milliseconds. */
  readonly hold: number;
  /** The PostgreSQL servers, the primary first. */
  databases: readonly Database[];
  /** A small file system that holds the SQLite file. */
  readonly disk: string | undefined;
  close(): Promise<void>;
};

export type WorldPlan = {
  readonly machine: Machine;
  readonly engine: Engine;
  readonly name: string;
  readonly processes: number;
  readonly random: () => number;
  readonly hold: number;
  readonly needs: Needs;
  readonly ledger: Ledger;
};

/** The parts that a kind of fault needs besides processes and a database. */
export type Needs = {
  /** A second PostgreSQL server that replicates synchronously, and whether processes connect to both directly. */
  readonly standby?: 'behind-proxy' | 'by-address';
  readonly clocks?: boolean;
  readonly disk?: boolean;
};

/** Starts an installation, and signs all users in. */
export async function openWorld(plan: WorldPlan): Promise<World> {
  const { machine, engine, random, hold, needs, ledger } = plan;
  const folder = join(machine.folder, plan.name);
  mkdirSync(folder, { mode: 0o711 });
  configure(folder);
  const disk = needs.disk ? mountDisk(folder) : undefined;
  const databases = engine === 'postgres' ? await startDatabases(machine, folder, needs.standby !== undefined) : [];
  const members = await createMembers(plan, disk ?? folder, databases);
  const passes = { token: '', sessions: new Map() };
  const close = () => closeWorld(world);
  const world: World = {
    ...{ machine, engine, folder, random, hold, databases, disk, ledger, members, passes },
    close,
  };
  try {
    for (const member of members) member.start();
    await Promise.all(members.map((member) => member.ready()));
    world.passes = await signIn(members);
    return world;
  } catch (error) {
    await close();
    throw error;
  }
}

async function closeWorld({ members, databases, disk }: World): Promise<void> {
  await Promise.all(members.map((member) => member.kill()));
  await Promise.all(members.map(({ proxy }) => proxy?.close()));
  await Promise.all(databases.map((database) => database.stopImmediately()));
  if (disk) spawnSync('umount', [disk]);
}

/** Processes, not yet started: one on SQLite; on PostgreSQL the requested number, each with its own proxy. */
async function createMembers(
  { machine, processes, name: world, needs, ledger }: WorldPlan,
  fileFolder: string,
  databases: readonly Database[],
): Promise<readonly Member[]> {
  const folder = join(machine.folder, world);
  const faketime = needs.clocks ? faketimePath() : undefined;
  const members: Member[] = [];
  for (let i = 0; i < (databases.length > 0 ? processes : 1); i++) {
    const name = `huizhi-${i}`;
    const [primary] = databases;
    const proxy = primary && needs.standby !== 'by-address' ? await openRelay(primary.port) : undefined;
    const ports = proxy ? [proxy.port] : databases.map(({ port }) => port);
    const database = ports.length > 0 ? addressOf(ports, name) : join(fileFolder, 'chaos.db');
    members.push(createMember(machine, ledger, { name, folder, database, proxy, faketime }));
  }
  return members;
}

function faketimePath(): string {
  const provided = findTool('faketime');
  if ('missing' in provided) throw new Error(provided.missing);
  return provided.path;
}

function addressOf(ports: readonly number[], name: string): string {
  const hosts = ports.map((port) => `127.0.0.1:${port}`).join(',');
  const choice = ports.length > 1 ? '&target_session_attrs=read-write' : '';
  return `postgres://huizhi:${password}@${hosts}/huizhi?application_name=${name}${choice}`;
}

async function signIn([member]: readonly Member[]) {
  const url = member?.url();
  if (!url) throw new Error('no process listens');
  return enter({ url });
}

/** The SQLite file's own file system: large enough for a world, small enough to be filled quickly. */
function mountDisk(folder: string): string | undefined {
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'huizhi-chaos', disk]);
  return status === 0 ? disk : undefined;
}

/** Names of standbys: a commit is acknowledged when one of them has written it, too. */
const synchronous = (is: boolean) => `alter system set synchronous_standby_names = '${is ? '*' : ''}'`;

async function startDatabases(machine: Machine, folder: string, hasStandby: boolean): Promise<readonly Database[]> {
  const template = join(machine.folder, 'template');
  if (!existsSync(template)) await initialize(template);
  const [first, second] = ['postgres-0', 'postgres-1'].map((name) => join(folder, name));
  if (first === undefined || second === undefined) throw new Error('no folder');
  spawnSync('cp', ['-a', template, first]);
  const primary = await openDatabase(machine, first);
  await primary.start();
  await primary.sql(`create role huizhi login password '${password}'`);
  await primary.sql('create database huizhi owner huizhi');
  if (!hasStandby) return [primary];
  const standby = await openDatabase(machine, second);
  await followPrimary(primary, standby);
  return [primary, standby];
}

/** Makes a server a synchronous standby of another one, from a copy of its data. */
export async function followPrimary(primary: Database, standby: Database): Promise<void> {
  await copyBase(primary, standby.folder);
  await standby.start({
    primary_conninfo: `host=127.0.0.1 port=${primary.port} user=postgres password=${password} application_name=standby`,
  });
  await primary.sql(synchronous(true));
  await primary.sql('select pg_reload_conf()');
  await until('synchronous replication', async () => {
    const rows = await primary.sql("select 1 from pg_stat_replication where sync_state = 'sync'");
    return rows.length === 1;
  });
}

/** Promotes a standby. It has no standby of its own until one is created, and its commits wait for none. */
export async function promote(standby: Database): Promise<void> {
  await standby.sql(synchronous(false));
  await standby.sql('select pg_promote()');
  await standby.sql('select pg_reload_conf()');
  await until('the promotion', async () => {
    const [row] = await standby.sql('select pg_is_in_recovery() as still');
    return row?.still === false;
  });
}
