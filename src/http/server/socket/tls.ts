import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync, unwatchFile, watchFile } from 'node:fs';
import type { Server as PlainServer } from 'node:http';
import type { Server } from 'node:tls';
import type { Log } from '../../../core/context.ts';

/** Paths of the files of a certificate and its private key, in PEM format. */
export type TlsFiles = { readonly cert: string; readonly key: string };

/** The contents of these files. */
export type TlsPair = { readonly cert: Buffer; readonly key: Buffer };

/** The files of `--tls-cert` and `--tls-key` cannot be used; the message says why and what to do. */
export class TlsError extends Error {
  override readonly name = 'TlsError';
}

/**
 * Reads a certificate and its key. Throws a TlsError if a file cannot be read, if others may read the key, or if the two
 * do not belong together.
 */
export function loadTlsPair(files: TlsFiles): TlsPair {
  const cert = readPem('--tls-cert', files.cert);
  const key = readPem('--tls-key', files.key);
  refuseOpenKey(files.key);
  if (/ENCRYPTED/.test(key.toString('latin1')))
    throw new TlsError(
      `--tls-key ${files.key} has a passphrase: write a key without one, with openssl pkey -in ${files.key} -out …`,
    );
  checkPair(files, { cert, key });
  return { cert, key };
}

function readPem(flag: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new TlsError(`${flag} ${path} cannot be read (${code}): name a file in PEM format that this user may read.`, {
      cause,
    });
  }
}

function refuseOpenKey(path: string): void {
  if (process.platform === 'win32' || (statSync(path).mode & 0o007) === 0) return;
  throw new TlsError(`--tls-key ${path} can be accessed by all users of this machine: run chmod 600 ${path}`);
}

function checkPair({ cert, key }: TlsFiles, pair: TlsPair): void {
  checkPart(`--tls-cert ${cert} is not a certificate in PEM format`, { cert: pair.cert });
  checkPart(`--tls-key ${key} is not a private key in PEM format`, { key: pair.key });
  checkPart(`--tls-key ${key} is not the key of the first certificate in --tls-cert ${cert}`, pair);
}

/** node:tls parses all root certificates when it is loaded, which takes 10 ms of a start; few servers need it. */
const loadTls = () => process.getBuiltinModule('node:tls');

export const isTlsServer = (server: PlainServer | Server): server is Server => server instanceof loadTls().Server;

function checkPart(what: string, part: Partial<TlsPair>): void {
  try {
    loadTls().createSecureContext(part);
  } catch (cause) {
    throw new TlsError(`${what} (${cause instanceof Error ? cause.message : String(cause)}).`, { cause });
  }
}

/** Milliseconds between two looks at the files. */
const lookInterval = 10_000;

/** Reads a certificate again, at once (`reload`) or when a file changes. */
export type TlsReloads = { reload(): void; close(): void };

/**
 * Replaces the certificate of a server when one of its files changes; open connections keep the old one. Files that
 * cannot be used are logged, and the server keeps what it has: the two files of a renewal may be replaced one after the
 * other.
 */
export function watchTlsFiles(server: Server, files: TlsFiles, log: Log, interval = lookInterval): TlsReloads {
  const reload = () => {
    try {
      const pair = loadTlsPair(files);
      server.setSecureContext(pair);
      reportValidity(pair, files, log);
    } catch (err) {
      log.error({ err }, 'the certificate was not replaced');
    }
  };
  const paths = Object.values(files);
  // Polling sees files that are replaced, also by a symbolic link, as the volumes of Kubernetes are.
  for (const path of paths) watchFile(path, { interval, persistent: false }, reload);
  return {
    reload,
    close() {
      for (const path of paths) unwatchFile(path, reload);
    },
  };
}

/** Logs until when a certificate is valid; at level warn if it is not valid now. */
export function reportValidity({ cert }: TlsPair, files: TlsFiles, log: Log): void {
  const { validFrom, validTo, subjectAltName: names = '' } = new X509Certificate(cert);
  const facts = { file: files.cert, names, validTo };
  const isValid = Date.parse(validFrom) <= Date.now() && Date.now() <= Date.parse(validTo);
  if (isValid) log.info(facts, 'uses a certificate');
  else log.warn(facts, 'uses a certificate that is not valid now: clients will refuse it');
}
