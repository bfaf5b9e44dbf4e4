import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { onTestFinished } from 'vitest';
import { openStore } from '../open.ts';
import type { Store } from '../store.ts';
import { isCitus, openCitus } from './citus.contract.ts';
import { collation, startPreparedServer, templateDatabase } from './cluster.contract.ts';

/** A PostgreSQL server for tests. */
export type TestServer = {
  /** Creates a database, empty or with the schema, and resolves with its connection string. */
  create(kind: 'empty' | 'migrated'): Promise<string>;
  drop(url: string): Promise<void>;
  /** Runs a statement as the server's administrator. */
  tell(text: string): Promise<readonly (readonly unknown[])[]>;
  /** Ends all connections at once and restarts the server; only for a server that the tests have started. */
  readonly restart: (() => Promise<void>) | undefined;
  /** Whether it is the coordinator of a Citus cluster, on which the tables are distributed. */
  readonly isCitus: boolean;
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

/**
 * Starts a server, or uses the one whose address is in HUIZHI_TEST_DATABASE. If that database has the Citus extension,
 * the databases of the tests are distributed over its nodes.
 */
export async function startPostgres(flags: readonly string[] = []): Promise<TestServer> {
  const given = process.env.HUIZHI_TEST_DATABASE;
  const own = given === undefined ? await startPreparedServer(flags) : undefined;
  const url = given ?? own?.urlOf('postgres') ?? '';
  let admin = connect(url);
  const tell = async (text: string) => (await admin.unsafe(text).values()) as unknown as unknown[][];
  const prefix = `huizhi_test_${randomBytes(4).toString('hex')}`;
  const nameOf = (database: string) => new URL(database).pathname.slice(1);
  let count = 0;
  const nextUrl = () => {
    const made = new URL(url);
    made.pathname = `/${prefix}_${count++}`;
    return made;
  };
  const make = async (words: string) => {
    const made = nextUrl();
    await tell(`create database ${nameOf(made.href)} ${words}`);
    return made.href;
  };
  const makeEmpty = async () => make(own ? collation : await chooseCollation(tell));
  const citus = given !== undefined && (await isCitus(tell)) ? await openCitus(url, tell) : undefined;
  const drop = async (database: string) =>
    citus
      ? citus.drop(nameOf(database))
      : void (await tell(`drop database if exists ${nameOf(database)} with (force)`));
  let template: Promise<string> | undefined;
  const migrated = async () => {
    const made = await makeEmpty();
    await (await openStore(made)).close();
    return made;
  };
  const templateName = async () => {
    if (own) return templateDatabase;
    template ??= migrated();
    return nameOf(await template);
  };
  return {
    isCitus: citus !== undefined,
    async create(kind) {
      if (citus) {
        const made = nextUrl();
        await citus.create(nameOf(made.href), kind);
        return made.href;
      }
      if (kind === 'empty') return makeEmpty();
      return make(`template ${await templateName()}`);
    },
    drop,
    tell,
    restart:
      own &&
      (async () => {
        await admin.end({ timeout: 0 });
        await own.restart();
        admin = connect(url);
      }),
    async stop() {
      if (template) await drop(await template);
      await citus?.stop();
      await admin.end({ timeout: 1 });
      await own?.stop();
    },
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
