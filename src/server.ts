import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Composed, compose } from './compose.ts';
import type { Config } from './config/options.ts';
import { measureSkew } from './core/cluster/clock-skew.ts';
import { findSetupWebhook, type SetupWebhook } from './core/custom-robots/setup.ts';
import { findSetupGroupId } from './core/groups/setup.ts';
import type { StreamTimes } from './core/stream/connection.ts';
import { waitUntilIdle } from './emulation.ts';
import type { BodyLimits } from './http/server/body/bodies.ts';
import type { UploadLimits } from './http/server/body/uploads.ts';
import { limitConnections } from './http/server/open-files.ts';
import { createSocketServer } from './http/server/socket/socket.ts';
import type { SocketLimits } from './http/server/socket/socket-guard.ts';
import { isTlsServer, loadTlsPair, reportValidity, type TlsReloads, watchTlsFiles } from './http/server/socket/tls.ts';
import type { Log } from './log.ts';
import { readVersion } from './package-root.ts';
import { redactDatabase } from './store/engine/postgres/postgres-address.ts';
import type { DistributedTable, Distribution } from './store/engine/postgres/postgres-distribute.ts';
import type { Driver } from './store/engine/sql.ts';
import { migrations } from './store/migrations/index.ts';
import { type MovedTable, type MoveProgress, move } from './store/move/move.ts';
import { databaseExists, openDriver, openExisting, schemaVersions } from './store/open.ts';

export { TlsError } from './http/server/socket/tls.ts';
export type { Distribution };
export { redactDatabase as shownDatabase };

/** A running server. */
export type Running = {
  readonly url: string;
  /** The admin token if it was newly generated, and always in `dev`; otherwise undefined. */
  readonly adminToken: string | undefined;
  /** Returns the openConversationId of a group of the setup by corpId and name; undefined if there is no such group. */
  findGroupId(corpId: string, name: string): Promise<string | undefined>;
  /** Returns path and query of the webhook of a custom robot of the setup, with its secret; undefined if it was deleted. */
  findWebhook(corpId: string, robotCode: string): Promise<SetupWebhook | undefined>;
  /** Reads the files of the certificate again; without TLS it does nothing. */
  reloadTls(): void;
  /** Lets /readyz return 503, so that load balancers send no more requests. */
  startDraining(): void;
  /** Stops accepting connections, finishes requests in flight, and closes the store. */
  close(): Promise<void>;
};

/** Overrides of socket and body limits, which tests lower to reach them quickly. */
export type Limits = {
  readonly sockets?: Partial<SocketLimits>;
  readonly bodies?: Partial<BodyLimits>;
  readonly uploads?: Partial<UploadLimits>;
  readonly stream?: Partial<StreamTimes>;
};

/** The version of the package, from its package.json. */
export const version = readVersion();

/**
 * Starts a server. Rejects with a StoreError if the database cannot be used, with an UnfitError if its data cannot be
 * served, and with a ListenError if it cannot listen on the port.
 */
export async function start(config: Config, log: Log, limits: Limits = {}): Promise<Running> {
  const tls = config.tls && loadTlsPair(config.tls);
  const composed = await compose(config, log, version, {
    bodyLimits: limits.bodies ?? {},
    uploadLimits: limits.uploads ?? {},
    streamTimes: limits.stream ?? {},
  });
  try {
    // A long-lived server must not depend on files that an upgrade of the package replaces.
    if (config.command === 'serve') await composed.app.load();
    const connections = limitConnections(config.maxConnections, log);
    const server = createSocketServer(createListener(composed, config), log, {
      limits: { connections, ...limits.sockets },
      upgrade: composed.app.upgrade,
      // It has no part in waiting for deliveries.
      fastPath: (config.fastPath ?? true) && !config.awaitDeliveries ? composed.app.fastPath : undefined,
      onRefusal: composed.app.onRefusal,
      tls,
    });
    watchConnections(composed, server, connections);
    const url = await listen(server, config);
    const reloads = watchCertificate(server, config, log);
    if (tls && config.tls) reportValidity(tls, config.tls, log);
    log.info({ url, database: redactDatabase(config.database) }, 'listening');
    const adminToken = await composed.storeAdminToken();
    const findGroupId = (corpId: string, name: string) => findSetupGroupId(composed.context, corpId, name);
    const findWebhook = (corpId: string, code: string) => findSetupWebhook(composed.context, corpId, code);
    const close = () => {
      reloads?.close();
      return stop(server, composed);
    };
    const { startDraining } = composed.app;
    const reloadTls = () => reloads?.reload();
    return { url, adminToken, findGroupId, findWebhook, reloadTls, startDraining, close };
  } catch (error) {
    await composed.close();
    throw error;
  }
}

function createListener(composed: Composed, { awaitDeliveries }: Config): Composed['app']['listener'] {
  const { listener } = composed.app;
  if (!awaitDeliveries) return listener;
  return (incoming, outgoing) => void waitUntilIdle(composed).then(() => listener(incoming, outgoing));
}

function watchConnections({ watch }: Composed, server: Server, limit: number): void {
  const count = () => new Promise<number>((resolve) => server.getConnections((_, open) => resolve(open)));
  watch('huizhi_http_connections', count);
  watch('huizhi_http_connections_limit', () => limit);
}

function watchCertificate(server: Server, { tls }: Config, log: Log): TlsReloads | undefined {
  return tls && isTlsServer(server) ? watchTlsFiles(server, tls, log) : undefined;
}

/** The server cannot listen on its address; the message says why and what to do. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/** Names of the port and host options in error messages: `--port` on the command line, `port` in a program. */
type OptionNames = { readonly port: string; readonly host: string };

const flags: OptionNames = { port: '--port', host: '--host' };

/** Starts listening and resolves to the server's URL with the bound port. Rejects with a ListenError. */
export function listen(server: Server, { host, port, tls }: Config, names: OptionNames = flags): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(new ListenError(describeListenFailure(cause, { host, port }, names), { cause })),
    );
    server.listen(port, host, () => {
      const { port: bound } = server.address() as AddressInfo;
      resolve(`${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${bound}`);
    });
  });
}

function describeListenFailure(
  { code, message }: NodeJS.ErrnoException,
  { host, port }: Pick<Config, 'host' | 'port'>,
  names: OptionNames,
): string {
  const free = `choose another with ${names.port} (0 picks a free one)`;
  if (code === 'EADDRINUSE')
    return `Port ${port} on ${host} is taken: stop the program that listens there, or ${free}.`;
  if (code === 'EACCES')
    return `This user is not allowed to listen on port ${port} of ${host}: ports below 1024 often need extra privileges, so ${free}.`;
  if (code === 'EADDRNOTAVAIL')
    return `${host} is not an address of this machine: set ${names.host} to one of its addresses, or to 0.0.0.0.`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `The host name ${host} cannot be resolved: set ${names.host} to an IP address.`;
  return `Cannot listen on port ${port} of ${host} (${code ?? message}): correct ${names.host} or ${names.port}.`;
}

async function stop(server: Server, composed: Composed): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  composed.endStreams();
  // Clients are asked to connect elsewhere; `closed` waits for the end of their connections.
  const left = composed.context.hub.disconnectAll();
  // A connection whose last response is still being sent becomes idle later, so idle connections are closed repeatedly.
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  await Promise.all([closed, left]);
  clearInterval(idle);
  await composed.close();
}

/**
 * Migrates a database to the latest schema version; with `config.check` only reads its version. Rejects with a
 * StoreError.
 */
export async function migrateDatabase(config: Config, log: Log): Promise<{ from: number; to: number; latest: number }> {
  if (config.check) return checkSchema(config, log);
  const isNew = !databaseExists(config.database);
  const driver = await openDriver(config.database, config);
  try {
    const from = isNew ? 0 : await driver.version();
    await driver.migrate(migrations);
    const versions = { from, to: await driver.version(), latest: migrations.latest };
    log.info(versions, 'the schema is up to date');
    return versions;
  } finally {
    await driver.close();
  }
}

/** Distributes a database over the nodes of Citus; see `distributePostgres`. Rejects with a StoreError. */
export async function distributeDatabase(
  config: Config,
  onTable: (table: DistributedTable, total: number) => void,
): Promise<Distribution> {
  const driver = await openDriver(config.database, config);
  try {
    // Refuses a connection pooler, unless there is a direct address.
    await driver.version();
  } finally {
    await driver.close();
  }
  const { distributePostgres } = await import('./store/engine/postgres/postgres.ts');
  return distributePostgres(config.databaseDirect ?? config.database, migrations, onTable);
}

/** Returns the milliseconds by which this machine's clock is ahead of the PostgreSQL server's; undefined for SQLite. */
export async function measureDatabaseSkew({ database }: Config): Promise<number | undefined> {
  const driver = await openExisting(database, { poolSize: 1 });
  try {
    await driver.time();
    // The query above opened the connection, so connecting does not distort this measurement.
    return await measureSkew(driver);
  } finally {
    await driver.close();
  }
}

/** Reads the files of the certificate; throws a TlsError if they cannot be used. */
export function checkTls({ tls }: Config): void {
  if (tls) loadTlsPair(tls);
}

async function checkSchema(config: Config, log: Log): ReturnType<typeof migrateDatabase> {
  const { found, latest } = await schemaVersions(config.database, config);
  const versions = { from: found, to: found, latest };
  log.info(versions, 'checked the schema');
  return versions;
}

/**
 * Copies all data from one database into an empty one and compares both; see `move`. Rejects with a SideError if one
 * cannot be used.
 */
export async function moveDatabase(
  { from, to, poolSize }: { readonly from: string; readonly to: string; readonly poolSize: number },
  onProgress: (progress: MoveProgress) => void,
): Promise<readonly MovedTable[]> {
  // A copy needs transactions only, so both URLs may name a connection pooler.
  const source = await openSide('--from', from, () => openExisting(from, { poolSize, databaseDirect: from }));
  try {
    const target = await openSide('--to', to, () => openDriver(to, { poolSize, databaseDirect: to }));
    try {
      return await move(source, target, onProgress);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** One of the two databases of a copy cannot be used; `cause` is the reason. */
export class SideError extends Error {
  override readonly name = 'SideError';
  readonly option: '--from' | '--to';
  readonly database: string;

  constructor(option: SideError['option'], database: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.option = option;
    this.database = database;
  }
}

/** Opens a database and queries it once, so that a failure is attributed to the right side of the copy. */
async function openSide(option: SideError['option'], database: string, open: () => Promise<Driver>): Promise<Driver> {
  try {
    const driver = await open();
    try {
      await driver.version();
      return driver;
    } catch (error) {
      await driver.close();
      throw error;
    }
  } catch (error) {
    throw new SideError(option, database, error);
  }
}
