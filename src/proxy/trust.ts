/** Files by which the programs of a run trust its certificate authority. None of them is secret. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import * as tls from 'node:tls';
import { addToJavaStore } from './java-store.ts';
import { createRunFolder } from './run-folder.ts';

/** Variables of a process; absent ones are undefined. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A trust store of Java and its password. */
export type JavaStore = { readonly path: string; readonly password: string };

export type TrustFiles = {
  /** The authority, and what `NODE_EXTRA_CA_CERTS` names: for variables that add to the public authorities. */
  readonly additional: string;
  /** The same with the public authorities: for variables that replace them. */
  readonly complete: string;
  /** Undefined if no JDK is installed; rejects if its keytool fails. */
  readonly java: Promise<JavaStore | undefined>;
  /** Removes all files. */
  remove(): void;
};

/** The variables that name files of authorities. */
const bundleNames = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'];

/** Writes the files into a new folder that only this user can enter. `authority` is a certificate in PEM format. */
export function writeTrustFiles(authority: string, environment: Environment): TrustFiles {
  const folder = createRunFolder();
  const write = (name: string, certificates: Iterable<string>) => {
    const path = join(folder, name);
    writeFileSync(path, [...new Set(certificates)].join('\n'));
    return path;
  };
  const named = (names: readonly string[]) => names.flatMap((name) => readBundle(environment[name]));
  return {
    additional: write('authority.pem', [authority.trim(), ...named(['NODE_EXTRA_CA_CERTS'])]),
    complete: write('authorities.pem', [authority.trim(), ...named(bundleNames), ...listPublicAuthorities()]),
    java: createJavaStore(folder, authority, environment),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Reads the certificates of a file; none if it cannot be read. */
function readBundle(path: string | undefined): readonly string[] {
  if (path === undefined || !existsSync(path)) return [];
  return readFileSync(path, 'latin1').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

/** The authorities that Node ships, and those of this machine, which Node can list since 22.15. */
function listPublicAuthorities(): readonly string[] {
  const system = 'getCACertificates' in tls ? tls.getCACertificates('system') : [];
  return [...tls.rootCertificates, ...system].map((certificate) => certificate.trim());
}

/** The name of the authority in a trust store of Java. */
const alias = 'huizhi-run';

/** Copies the trust store of the JDK, or the one that `JAVA_TOOL_OPTIONS` names, and adds the authority to it. */
async function createJavaStore(
  folder: string,
  authority: string,
  environment: Environment,
): Promise<JavaStore | undefined> {
  const keytool = findKeytool(environment);
  if (keytool === undefined) return undefined;
  const { path: before, password } = findJavaStore(keytool, environment.JAVA_TOOL_OPTIONS ?? '');
  const path = join(folder, 'authorities.jks');
  const store = before === undefined ? undefined : readFileSync(before);
  const extended = store && addToJavaStore(store, { alias, certificate: authority, password });
  if (store) writeFileSync(path, extended ?? store, { mode: 0o600 });
  if (extended) return { path, password };
  const file = join(folder, 'authority.pem');
  const names = ['-importcert', '-noprompt', '-alias', alias, '-file', file];
  try {
    await runKeytool(keytool, [...names, '-keystore', path, '-storepass', password]);
    return { path, password };
  } catch (error) {
    // macOS has a keytool that only says so.
    if (/Unable to locate a Java Runtime/.test(String(error))) return undefined;
    throw error;
  }
}

function findKeytool({ JAVA_HOME: home, PATH: path = '' }: Environment): string | undefined {
  const folders = [...(home ? [join(home, 'bin')] : []), ...path.split(delimiter).filter(Boolean)];
  return folders.map((folder) => join(folder, 'keytool')).find((file) => existsSync(file));
}

function findJavaStore(
  keytool: string,
  options: string,
): { readonly path: string | undefined; readonly password: string } {
  const [, named] = /-Djavax\.net\.ssl\.trustStore=(\S+)/.exec(options) ?? [];
  const [, password = 'changeit'] = /-Djavax\.net\.ssl\.trustStorePassword=(\S+)/.exec(options) ?? [];
  const home = dirname(dirname(realpathSync(keytool)));
  const own = ['lib/security/cacerts', 'jre/lib/security/cacerts'].map((name) => join(home, name));
  return { path: [...(named === undefined ? [] : [named]), ...own].find((file) => existsSync(file)), password };
}

/** Milliseconds. */
const keytoolTimeout = 60_000;

function runKeytool(keytool: string, args: readonly string[]): Promise<void> {
  const { JAVA_TOOL_OPTIONS: _, ...env } = process.env;
  return new Promise((resolve, reject) => {
    execFile(keytool, args, { env, timeout: keytoolTimeout }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${keytool} failed: ${(stderr || stdout || error.message).trim()}`));
      else resolve();
    });
  });
}
