import postgres from 'postgres';
import { type Database, maxConnections, password } from '../database.ts';
import type { Done } from '../kinds.ts';
import { wait } from '../machine.ts';
import { followPrimary, promote, type World } from '../world.ts';
import { choose, chooseHold, namesOf } from './choose.ts';

function primaryOf({ databases: [primary] }: World): Database {
  if (!primary) throw new Error('there is no PostgreSQL');
  return primary;
}

/** Kills the main process of the database and starts it again. The fault ends when it accepts connections. */
export async function databaseKill(world: World): Promise<Done> {
  const database = primaryOf(world);
  await database.kill();
  await database.start();
  return { detail: 'kill of the database' };
}

/** Shuts the database down immediately, without a checkpoint, and starts it again after a while. */
export async function databaseRestart(world: World): Promise<Done> {
  const database = primaryOf(world);
  const hold = chooseHold(world);
  await database.stopImmediately();
  await wait(hold);
  await database.start();
  return { detail: `immediate restart of the database after ${hold} ms` };
}

/** Locks one table exclusively. */
export async function lock(world: World): Promise<Done> {
  const hold = chooseHold(world);
  const client = primaryOf(world).admin('huizhi');
  try {
    const tables = await client<{ name: string }[]>`
      select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not in ('pg_catalog', 'information_schema')
      order by 1`;
    const { name } = choose(world, tables);
    while (!(await holdLock(client, name, hold)));
    return { detail: `lock on ${name} for ${hold} ms` };
  } finally {
    await client.end({ timeout: 1 });
  }
}

/**
 * Locks a table for some milliseconds. Returns false if the database chose this transaction to resolve a deadlock: the
 * lock of a partitioned table is taken on one partition after another.
 */
async function holdLock(client: postgres.Sql, table: string, hold: number): Promise<boolean> {
  try {
    await client.begin(async (sql) => {
      await sql.unsafe(`lock table ${table} in access exclusive mode`);
      await wait(hold);
    });
    return true;
  } catch (error) {
    if (error instanceof postgres.PostgresError && error.code === '40P01') return false;
    throw error;
  }
}

/** Closes the connections of a process, and leaves few or no free connections on the server. */
export async function connections(world: World): Promise<Done> {
  const database = primaryOf(world);
  const hold = chooseHold(world);
  const { name } = choose(world, world.members);
  const left = choose(world, ['none', 'none', 0, 1, 3] as const);
  // Opened first: later the administrator might not get a connection either.
  const admin = database.admin();
  const end = () => admin`select pg_terminate_backend(pid) from pg_stat_activity where application_name = ${name}`;
  try {
    await admin`select 1`;
    if (left === 'none') {
      const release = occupy(database);
      await wait(100);
      await end();
      await wait(hold);
      await release();
      return { detail: `connections of ${name} ended, all taken by others for ${hold} ms` };
    }
    await admin.unsafe(`alter role huizhi connection limit ${left}`);
    await end();
    await wait(hold);
    await admin`alter role huizhi connection limit -1`;
    return { detail: `connections of ${name} ended, ${left} allowed for ${hold} ms` };
  } finally {
    await admin.end({ timeout: 1 });
  }
}

/** Occupies every free connection of the server, and each that becomes free. Returns a function that releases them. */
function occupy(database: Database): () => Promise<unknown> {
  let isOn = true;
  const url = `postgres://huizhi:${password}@127.0.0.1:${database.port}/huizhi`;
  const clients = Array.from({ length: maxConnections }, async () => {
    while (isOn) {
      const client = postgres(url, { max: 1, onnotice: () => {} });
      const isTaken = await client`select 1`.then(
        () => true,
        () => false,
      );
      while (isOn && isTaken) await wait(20);
      await client.end({ timeout: 0 });
      await wait(100);
    }
  });
  return () => {
    isOn = false;
    return Promise.all(clients);
  };
}

/** Promotes the standby after the primary was killed, or while it runs on behind a cut network. */
export async function promotion(world: World): Promise<Done> {
  const [primary, standby] = world.databases;
  if (!primary || !standby) throw new Error('there is no standby');
  const isCut = world.random() < 0.5 && world.members.every(({ proxy }) => proxy);
  if (isCut) separate(world, true);
  else await primary.kill();
  await promote(standby);
  for (const { proxy } of world.members) if (proxy) proxy.target = standby.port;
  separate(world, false);
  world.databases = [standby, primary];
  const restore = async () => {
    if (isCut) await primary.kill();
    await followPrimary(standby, primary);
    // The process is started again with the standby first in its list of addresses.
    const [member] = world.members;
    if (member && !member.proxy) await member.restart();
  };
  const how = isCut ? 'is cut off' : 'was killed';
  return { detail: `promotion of the standby while the primary ${how}, for ${namesOf(world.members)}`, restore };
}

function separate({ members }: World, is: boolean): void {
  for (const { proxy } of members) {
    if (!proxy) continue;
    proxy.refuses = is;
    if (is) proxy.cut('reset');
  }
}
