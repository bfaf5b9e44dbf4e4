import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { onTestFinished } from 'vitest';
import { openStore } from '../open.ts';
import type { Store } from '../store.ts';
import { type CitusDatabases, isCitus, openCitus } from './citus.contract.ts';
import { collation, startPreparedServer, templateDatabase } from './cluster.contract.ts';
import type { OwnServer } from './server.contract.ts';

/** A PostgreSQL server for tests. */
export type TestServer = {
  /** Creates a database, empty or with the schema, and resolves with its connection string. */
  create(kind: 'empty' | 'migrated'): Promise<string>;
  drop(url: string): Promise<void>;
  /** Runs a statement as the server's administrator. */
  tell(text: string): Promise<readonly (readonly unknown[])[]>;
  /** Ends all connections at once and restarts the server; only for a server that one file of tests has alone. */
  readonly restart: (() => Promise<void>) | undefined;
  /** Whether it is the coordinator of a Citus cluster, on which the tables are distributed. */
  readonly isCitus: boolean;
  /** Drops the databases that are left, and stops a server that no other file uses. */
  stop(): Promise<void>;
};

/** Opens stores of several processes on one new database, until the test ends. */
export async function openStores(
  server: TestServer,
  count: number,
): Promise<{ readonly url: string; readonly stores: readonly Store[] }> {
  const url = await server.create('migrated');
  const stores = await Promise.all(Array.from({ length: count }, () => openStore(url, { poolSize: 4 })));
  onTestFinished(async () => {
    for (const store of stores) await store.close();
    await server.drop(url);
  });
  return { url, stores };
}

/** The server of all files that this process runs one after another. It ends with the process. */
let shared: OwnServer | undefined;

async function startShared(): Promise<OwnServer> {
  shared ??= await startPreparedServer();
  return shared;
}

/**
 * Starts a server, unless an earlier file of this process has started it, or uses the one whose address is in
 * HUIZHI_TEST_DATABASE. If that database has the Citus extension, the databases of the tests are distributed over its
 * nodes. With `isAlone` no other file uses the server that is started.
 */
export async function startPostgres({ isAlone = false } = {}): Promise<TestServer> {
  const given = process.env.HUIZHI_TEST_DATABASE;
  const start = isAlone ? startPreparedServer : startShared;
  const own = given === undefined ? await start() : undefined;
  const url = given ?? own?.urlOf('postgres') ?? '';
  let admin = connect(url);
  const tell = async (text: string) => (await admin.unsafe(text).values()) as unknown as unknown[][];
  const citus = given !== undefined && (await isCitus(tell)) ? await openCitus(url, tell) : undefined;
  const nextUrl = nameDatabases(url);
  const left = new Set<string>();
  const make = async (words: string) => {
    const made = nextUrl();
    await tell(`create database ${nameOf(made)} ${words}`);
    left.add(made);
    return made;
  };
  const makeEmpty = async () => make(own ? collation : await chooseCollation(tell));
  const drop = async (database: string) => {
    left.delete(database);
    if (citus) return citus.drop(nameOf(database));
    await tell(`drop database if exists ${nameOf(database)} with (force)`);
  };
  let template: Promise<string> | undefined;
  const migrated = async () => {
    const made = await makeEmpty();
    await (await openStore(made)).close();
    return made;
  };
  const fromTemplate = async () => {
    // Cheaper than to write the copy to the log, which PostgreSQL 15 and later do by default.
    if (own) return make(`template ${templateDatabase} strategy file_copy`);
    template ??= migrated();
    return make(`template ${nameOf(await template)}`);
  };
  const createOnCitus = async (databases: CitusDatabases, kind: 'empty' | 'migrated') => {
    const made = nextUrl();
    await databases.create(nameOf(made), kind);
    left.add(made);
    return made;
  };
  const restart = async () => {
    await admin.end({ timeout: 0 });
    await own?.restart();
    admin = connect(url);
  };
  return {
    isCitus: citus !== undefined,
    create: async (kind) => {
      if (citus) return createOnCitus(citus, kind);
      return kind === 'empty' ? makeEmpty() : fromTemplate();
    },
    drop,
    tell,
    restart: own && isAlone ? restart : undefined,
    async stop() {
      if (!isAlone || !own) for (const database of left) await drop(database);
      await citus?.stop();
      await admin.end({ timeout: 1 });
      if (isAlone) await own?.stop();
    },
  };
}

const nameOf = (database: string) => new URL(database).pathname.slice(1);

/** Returns a function that returns another address at each call. */
function nameDatabases(url: string): () => string {
  const prefix = `huizhi_test_${randomBytes(4).toString('hex')}`;
  let count = 0;
  return () => {
    const made = new URL(url);
    made.pathname = `/${prefix}_${count++}`;
    return made.href;
  };
}

/**
 * Returns the collation of databases on a server that the tests have not started. PostgreSQL 14 has no databases with a
 * collation of ICU: there it is one of the system, if there is one.
 */
async function chooseCollation(tell: TestServer['tell']): Promise<string> {
  const [[version] = []] = await tell(`select current_setting('server_version_num')`);
  if (Number(version) >= 150_000) return collation;
  const [[name] = []] = await tell(
    `select collname from pg_collation where collprovider = 'c' and collname in ('en_US.utf8', 'en_US.UTF-8')`,
  );
  return name === undefined
    ? `template template0 encoding 'UTF8'`
    : `template template0 encoding 'UTF8' locale '${name}'`;
}

// One connection, so that databases are created one after the other: concurrent ones fail because the template is in
// use.
const connect = (url: string) => postgres(url, { max: 1, onnotice: () => {} });
