import { createHash } from 'node:crypto';
import postgres from 'postgres';
import { distributePostgres } from '../engine/postgres/postgres-distribute.ts';
import { migrations } from '../migrations/index.ts';
import { openStore } from '../open.ts';
import { collation, hashStore } from './cluster.contract.ts';

type Tell = (text: string) => Promise<readonly (readonly unknown[])[]>;

/** The databases of the tests on a Citus cluster. Each exists on every node. */
export type CitusDatabases = {
  create(name: string, kind: 'empty' | 'migrated'): Promise<void>;
  drop(name: string): Promise<void>;
  stop(): Promise<void>;
};

/** Whether a database has the Citus extension, and is on the coordinator. */
export async function isCitus(tell: Tell): Promise<boolean> {
  return (await tell(`select 1 from pg_extension where extname = 'citus'`)).length > 0;
}

/**
 * Creates databases on the nodes of the cluster that the database at `url` belongs to. A new database is a copy of a
 * template on every node: its catalog has the same tables and shards. Distributing the tables takes seconds, a copy
 * does not. The templates stay until the sources of the store change.
 */
export async function openCitus(url: string, tell: Tell): Promise<CitusDatabases> {
  const nodes = await readNodes(tell);
  const templateOf = (kind: 'empty' | 'migrated') => `${templates}${hashTemplate(nodes)}_${kind}`;
  const urlOf = (database: string, { host, port } = nodes[0]) => {
    const made = new URL(url);
    Object.assign(made, { hostname: host, port: String(port), pathname: `/${database}` });
    return made.href;
  };
  const clients = nodes.map((node) => postgres(urlOf('postgres', node), { max: 1, onnotice: () => {} }));
  const everywhere = (text: string) => Promise.all(clients.map((client) => client.unsafe(text)));
  const drop = (name: string) => dropEverywhere(everywhere, name);
  const fill = async (name: string, isMigrated: boolean) => {
    for (const node of nodes) await runAt(urlOf(name, node), 'create extension citus');
    for (const { host, port, group, hasShards } of nodes) {
      const add = group === 0 ? 'citus_set_coordinator_host' : 'citus_add_node';
      await runAt(urlOf(name), `select ${add}('${host}', ${port})`);
      await runAt(urlOf(name), `select citus_set_node_property('${host}', ${port}, 'shouldhaveshards', ${hasShards})`);
    }
    if (!isMigrated) return;
    await (await openStore(urlOf(name))).close();
    await distributePostgres(urlOf(name), migrations, () => {});
  };
  /** Makes a template unless it exists. The name of a template that is not complete ends with `new`. */
  const makeTemplate = async (kind: 'empty' | 'migrated', known: ReadonlySet<unknown>) => {
    const name = templateOf(kind);
    if (known.has(name)) return;
    // A run with fewer nodes may have left it on the others.
    await drop(name);
    await drop(`${name}_new`);
    await everywhere(`create database ${name}_new ${collation}`);
    await fill(`${name}_new`, kind === 'migrated');
    // The maintenance process of Citus is connected, and nobody may be while a database is renamed or copied.
    await release(everywhere, `${name}_new`);
    await everywhere(`alter database ${name}_new rename to ${name}`);
  };
  await tell(`select pg_advisory_lock(${templateLock})`);
  const rows = await tell(`select datname from pg_database where datname ~ '^${templates}'`);
  const known = new Set(rows.map(([name]) => String(name)));
  const own = [templateOf('empty'), templateOf('migrated')];
  for (const name of known) if (!own.includes(name)) await drop(name);
  await makeTemplate('empty', known);
  await makeTemplate('migrated', known);
  await tell(`select pg_advisory_unlock(${templateLock})`);
  return {
    create: async (name, kind) => void (await everywhere(`create database ${name} template ${templateOf(kind)}`)),
    drop,
    stop: async () => void (await Promise.all(clients.map((client) => client.end({ timeout: 1 })))),
  };
}

/** The start of the names of all templates. */
const templates = 'huizhi_template_';

type Node = { readonly host: string; readonly port: number; readonly group: number; readonly hasShards: boolean };

/** Reads the nodes of the cluster, the coordinator first. */
async function readNodes(tell: Tell): Promise<readonly [Node, ...Node[]]> {
  const rows = await tell('select nodename, nodeport, groupid, shouldhaveshards from pg_dist_node order by groupid');
  const [first, ...others] = rows.map(([host, port, group, hasShards]) => {
    return { host: String(host), port: Number(port), group: Number(group), hasShards: Boolean(hasShards) };
  });
  if (first?.group !== 0)
    throw new Error(
      'The database in HUIZHI_TEST_DATABASE has the extension citus, but its coordinator is not in the list of nodes: run "select citus_set_coordinator_host(host, port)" in it.',
    );
  return [first, ...others];
}

/** Identifies what a template depends on: the sources of the store, and the nodes. */
function hashTemplate(nodes: readonly Node[]): string {
  const hash = createHash('sha256').update(hashStore()).update(JSON.stringify(nodes));
  return hash.digest('hex').slice(0, 16);
}

/** The advisory lock under which a process makes the templates. */
const templateLock = '7301, 2';

type Everywhere = (text: string) => Promise<unknown>;

/** Ends all connections to a database, also those of Citus itself. */
const release = (everywhere: Everywhere, name: string) =>
  everywhere(`select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = '${name}'`);

async function dropEverywhere(everywhere: Everywhere, name: string, attempts = 5): Promise<void> {
  await release(everywhere, name);
  try {
    await everywhere(`drop database if exists ${name} with (force)`);
  } catch (error) {
    // A process of Citus may have connected again.
    if (attempts === 1) throw error;
    await dropEverywhere(everywhere, name, attempts - 1);
  }
}

async function runAt(url: string, text: string): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await client.unsafe(text);
  } finally {
    await client.end();
  }
}
