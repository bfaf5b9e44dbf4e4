import { existsSync } from 'node:fs';
import { get } from 'node:https';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { readText } from '../client/body.ts';
import { ApiError, ClientError, ConnectionError, createClient } from '../client/index.ts';
import { type Config, UsageError } from '../config/options.ts';
import type { Access } from '../config/read-client.ts';
import { silentLog } from '../log.ts';
import { checkTls, measureDatabaseSkew, migrateDatabase } from '../server.ts';
import { adviseOn } from './advice.ts';
import { selectCredentials } from './client/connect.ts';
import { adviseOnDatabase, adviseOnFolder } from './failure.ts';

/** The result of one check. `note` means that the check could not decide, or that the state may be intended. */
export type Finding = {
  readonly check: string;
  readonly state: 'ok' | 'note' | 'wrong';
  readonly found: string;
  /** What to do about it. */
  readonly advice?: string;
};

/** Reads the options and the configuration file as `serve` would; `config` is undefined if they are invalid. */
export async function checkConfiguration(
  read: () => Promise<Config>,
): Promise<{ readonly config: Config | undefined; readonly finding: Finding }> {
  const check = 'configuration';
  try {
    const config = await read();
    const { setup } = config;
    const found = setup
      ? `the file has ${setup.organizations.length} organizations, ${setup.apps.length} apps, ${setup.robots.length} robots`
      : 'no file names organizations, apps or robots';
    return { config, finding: { check, state: 'ok', found } };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const advice = 'Correct this setting; huizhi serve --help lists the options.';
    return { config: undefined, finding: { check, state: 'wrong', found: error.message, advice } };
  }
}

/** Checks that the database exists, can be opened, and has the schema of this version. Creates and changes nothing. */
export async function checkDatabase(config: Config): Promise<Finding> {
  const check = 'database';
  const { database } = config;
  const isFile = database !== ':memory:' && !database.includes('://');
  if (database === ':memory:') {
    const advice = 'For data that outlives the process, set --database.';
    return { check, state: 'note', found: 'all data is in memory', advice };
  }
  if (isFile && !existsSync(database)) return describeMissingDatabase(config);
  try {
    const { from, latest } = await migrateDatabase({ ...config, check: true }, silentLog);
    if (from === latest) return { check, state: 'ok', found: `the schema is up to date (version ${latest})` };
    const advice = 'Make a backup, then run huizhi migrate.';
    return { check, state: 'wrong', found: `the schema has version ${from}, but this huizhi needs ${latest}`, advice };
  } catch (error) {
    return describeOpenFailure(check, error, config);
  }
}

/** Milliseconds. Above this, the times that several processes write to one database differ visibly. */
const tolerableDatabaseSkew = 1000;

/**
 * Compares this machine's clock with the database server's. No finding for a file, or if the server does not answer.
 */
export async function checkDatabaseClock(config: Config): Promise<readonly Finding[]> {
  if (!config.database.includes('://')) return [];
  const skew = await measureDatabaseSkew(config).catch(() => undefined);
  if (skew === undefined) return [];
  const check = 'database clock';
  if (Math.abs(skew) <= tolerableDatabaseSkew)
    return [{ check, state: 'ok', found: 'this machine and the database server agree' }];
  const seconds = (Math.abs(skew) / 1000).toFixed(1);
  const found = `this machine is ${seconds} s ${skew < 0 ? 'behind' : 'ahead of'} the database server`;
  return [{ check, state: 'wrong', found, advice: 'Synchronize both clocks with NTP.' }];
}

function describeMissingDatabase({ database, setup }: Config): Finding {
  const found = { check: 'database', found: `${database} does not exist yet` };
  const folder = dirname(database);
  if (!existsSync(folder)) return { ...found, state: 'wrong', advice: adviseOnFolder(folder) };
  const advice = setup
    ? 'huizhi serve creates it on its first start.'
    : 'huizhi serve creates it on its first start if there is a huizhi.yaml; or name an existing one with --database.';
  return { ...found, state: 'note', advice };
}

function describeOpenFailure(check: string, error: unknown, config: Config): Finding {
  const found = error instanceof Error ? error.message : String(error);
  if (!/in use by another/.test(found)) {
    const advice = adviseOnDatabase(error, config) ?? 'Correct --database.';
    return { check, state: 'wrong', found, advice };
  }
  return { check, state: 'note', found, advice: 'This is fine if it is your running huizhi.' };
}

/** Checks the files of `--tls-cert` and `--tls-key`; no finding without them. */
export function checkCertificate(config: Config): readonly Finding[] {
  if (!config.tls) return [];
  const check = 'certificate';
  try {
    checkTls(config);
    return [{ check, state: 'ok', found: 'certificate and key belong together' }];
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return [{ check, state: 'wrong', found, advice: 'Correct --tls-cert or --tls-key.' }];
  }
}

/** Checks that `serve` could listen on the port. `url` is set if a huizhi server listens there already. */
export async function checkPort({
  host,
  port,
  tls,
}: Config): Promise<{ readonly finding: Finding; readonly url: string | undefined }> {
  const url = formatUrl(host, port, tls ? 'https' : 'http');
  const finding = await inspectPort(host, port, url);
  const isFound = finding.state === 'ok' && port !== 0 && (await isHuizhi(url));
  return { finding, url: isFound ? url : undefined };
}

/** A URL to reach a server that listens on `host`: the loopback address stands for all addresses. */
function formatUrl(host: string, port: number, scheme: string): string {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `${scheme}://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

async function inspectPort(host: string, port: number, url: string): Promise<Finding> {
  const check = 'port';
  const code = await tryToListen(host, port);
  if (code === undefined) return { check, state: 'ok', found: `port ${port} of ${host} is free` };
  const what = `cannot listen on port ${port} of ${host} (${code})`;
  if (code !== 'EADDRINUSE') return { check, state: 'wrong', found: what, advice: 'Correct --host or --port.' };
  if (await isHuizhi(url)) return { check, state: 'ok', found: `a huizhi listens on port ${port} of ${host}` };
  const advice = 'Stop the program that listens there, or choose another port with --port.';
  return { check, state: 'wrong', found: `another program listens on port ${port} of ${host}`, advice };
}

function tryToListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}

async function isHuizhi(url: string): Promise<boolean> {
  const signal = AbortSignal.timeout(2000);
  try {
    if (url.startsWith('https:')) return (await readHealth(`${url}/healthz`, signal)) === healthy;
    const answer = await fetch(`${url}/healthz`, { signal, redirect: 'error' });
    return (await readText(answer, signal)) === healthy;
  } catch {
    return false;
  }
}

const healthy = '{"status":"ok"}';

/** Reads a text over https. The certificate is not checked: it need not name the address on which the server listens. */
function readHealth(url: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = get(url, { signal, rejectUnauthorized: false }, (answer) => text(answer).then(resolve, reject));
    call.on('error', reject);
  });
}

/** Milliseconds. Above this, times in receipts look wrong; tokens and windows depend on the server's clock alone. */
const tolerableSkew = 5000;

/** Checks that the endpoint answers, and compares its `Date` header with this machine's clock. */
export async function checkEndpoint({ endpoint, isEndpointGiven, timeout }: Access): Promise<readonly Finding[]> {
  const begun = Date.now();
  try {
    const answer = await fetch(endpoint, { method: 'HEAD', signal: AbortSignal.timeout(timeout) });
    const reached: Finding = { check: 'endpoint', state: 'ok', found: `${endpoint} answers` };
    return [reached, compareClocks(Date.parse(answer.headers.get('date') ?? ''), (begun + Date.now()) / 2)];
  } catch (error) {
    const { cause = error } = error as { cause?: { code?: string } };
    const reason = (cause as { code?: string }).code ?? String(cause);
    const advice = 'Start huizhi there (huizhi serve or huizhi dev), or correct --endpoint.';
    // If no endpoint was given, the default is tried. Before the first start no server runs there, so this is not an
    // error.
    const state = isEndpointGiven ? 'wrong' : 'note';
    return [{ check: 'endpoint', state, found: `${endpoint} does not answer (${reason})`, advice }];
  }
}

/** The Date header is rounded down to whole seconds, so half a second is added for the comparison. */
function compareClocks(date: number, now: number): Finding {
  const check = 'clock';
  if (Number.isNaN(date)) return { check, state: 'note', found: 'the endpoint sends no Date header' };
  const skew = date + 500 - now;
  if (Math.abs(skew) <= tolerableSkew) return { check, state: 'ok', found: 'this machine and the endpoint agree' };
  const found = `this machine is ${Math.round(Math.abs(skew) / 1000)} s ${skew > 0 ? 'behind' : 'ahead of'} the endpoint`;
  return { check, state: 'wrong', found, advice: 'Synchronize both clocks with NTP.' };
}

/**
 * Checks that the credentials are accepted and that the robot belongs to the app. Queries a processQueryKey that cannot
 * exist, so it sends no message.
 */
export async function checkCredentials(access: Access): Promise<readonly Finding[]> {
  const credentials = selectCredentials(access);
  if (!credentials) {
    const advice = 'To check them, set HUIZHI_APP_KEY and HUIZHI_APP_SECRET, or name a file with --credentials.';
    return [{ check: 'credentials', state: 'note', found: 'none were given', advice }];
  }
  const { endpoint, timeout, robotCode = '' } = access;
  const client = createClient({ ...credentials, endpoint, timeout, retries: 0 });
  try {
    await client.readStatus('doctor', { robotCode });
    return [{ check: 'credentials', state: 'ok', found: 'they are accepted' }];
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    return interpretRefusal(error, access);
  }
}

function interpretRefusal(error: ClientError, access: Access): readonly Finding[] {
  const advice = adviseOn(error, access);
  const isAboutApp =
    !(error instanceof ApiError) || /^(invalidClient|InvalidAuthentication|Forbidden)/.test(error.code);
  if (error instanceof ConnectionError || isAboutApp || error.status >= 500)
    return [{ check: 'credentials', state: 'wrong', found: error.message, advice }];
  const accepted: Finding = { check: 'credentials', state: 'ok', found: 'they are accepted' };
  if (error.code === 'invalid.processQueryKey') {
    return [accepted, { check: 'robot', state: 'ok', found: `${access.robotCode} is a robot of this app` }];
  }
  if (access.robotCode !== undefined)
    return [accepted, { check: 'robot', state: 'wrong', found: error.message, advice }];
  const missing = { check: 'robot', state: 'note', found: 'none was given' } as const;
  return [accepted, { ...missing, advice: 'To check one, set --robot or HUIZHI_ROBOT.' }];
}
