import { type BackupSource, copyDatabase, isDatabaseInUse } from '../backup.ts';
import type { Config } from '../config/options.ts';
import { adviseOnCertificate } from './advice.ts';

/** A copy of a database, and what it is a copy of. */
export type NamedSource = BackupSource & { readonly name: string };

/**
 * Opens the copy for `huizhi backup`: of the database file or, with --endpoint, through the server that has it open.
 * `write` gets the copy. No address is guessed: another program may listen there, and would get the admin token.
 */
export async function withSource<T>(config: Config, write: (source: NamedSource) => Promise<T>): Promise<T> {
  const { backupEndpoint, database } = config;
  if (backupEndpoint !== undefined) return write(await requestCopy(backupEndpoint, config));
  try {
    return await copyDatabase(config, ({ bytes, chunks }) => write({ name: database, bytes, chunks }));
  } catch (error) {
    if (!isDatabaseInUse(error)) throw error;
    const advice = 'name its address, such as --endpoint http://127.0.0.1:8720, and set HUIZHI_ADMIN_TOKEN';
    throw new Error(`${database} is in use by another process. If that is a running huizhi, ${advice}`, {
      cause: error,
    });
  }
}

/** Requests a copy from a running server. */
async function requestCopy(endpoint: string, { adminToken = '' }: Config): Promise<NamedSource> {
  if (adminToken === '') throw new Error(`${endpoint} needs the admin token: set HUIZHI_ADMIN_TOKEN`);
  const response = await reach(endpoint, adminToken);
  const { body, headers, status } = response;
  if (status !== 200 || !body) throw new Error(`${endpoint} refuses: ${await readReason(response)}`);
  const length = headers.get('content-length');
  return {
    name: endpoint,
    bytes: length === null ? undefined : Number(length),
    chunks: () => readBody(body, endpoint),
  };
}

async function reach(endpoint: string, adminToken: string): Promise<Response> {
  const headers = { authorization: `Bearer ${adminToken}` };
  try {
    return await fetch(`${endpoint}/console/v1/backup`, { method: 'POST', headers, redirect: 'error' });
  } catch (error) {
    const { cause = error } = error as { cause?: unknown };
    const { code, message = cause } = Object(cause) as { code?: unknown; message?: unknown };
    const advice = adviseOnCertificate(String(code));
    const reason = advice === undefined ? String(message) : `${String(code)}. ${advice}`;
    throw new Error(`${endpoint} does not answer: ${reason}`, { cause });
  }
}

/** Returns what an error response says, on one line. */
async function readReason(response: Response): Promise<string> {
  const text = (await response.text()).slice(0, 1000);
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === 'string') return message;
  } catch {
    // Another program has answered.
  }
  return `HTTP ${response.status}, with no answer of huizhi. Name the server's own port, not that of a proxy`;
}

async function* readBody(body: ReadableStream<Uint8Array>, endpoint: string): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    throw new Error(`${endpoint} ended the backup before it was complete; its log says why`, { cause });
  }
}
