import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createRunCertificates } from './certificates.ts';
import { addToJavaStore } from './java-store.ts';

const hasKeytool = spawnSync('keytool', ['-help']).error === undefined;
const password = 'changeit';

const createAuthority = () =>
  createRunCertificates({ hosts: ['a.example'], domains: ['example'], addresses: ['127.0.0.1'] }).authority;

function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Creates a store with one certificate by keytool. Returns its path. */
function createStore(folder: string, type: string): string {
  const [path, file] = [join(folder, `store.${type}`), join(folder, 'first.pem')];
  writeFileSync(file, createAuthority());
  const names = ['-importcert', '-noprompt', '-alias', 'first', '-file', file, '-storetype', type];
  execFileSync('keytool', [...names, '-keystore', path, '-storepass', password], { stdio: 'ignore' });
  return path;
}

test.runIf(hasKeytool)('keytool accepts a store that was extended, with the old and the new certificate', () => {
  const path = createStore(createFolder(), 'JKS');
  const certificate = createAuthority();
  const extended = addToJavaStore(readFileSync(path), { alias: 'second', certificate, password });
  writeFileSync(path, extended ?? '');
  const list = (alias: string) =>
    execFileSync('keytool', ['-list', '-rfc', '-alias', alias, '-keystore', path, '-storepass', password], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).replaceAll('\r', '');
  expect(list('second')).toContain(certificate.trim());
  expect(list('first')).toContain('trustedCertEntry');
});

test.runIf(hasKeytool)('a store with another password or of another format is not extended', () => {
  const folder = createFolder();
  const entry = { alias: 'second', certificate: createAuthority(), password };
  const store = readFileSync(createStore(folder, 'JKS'));
  expect(addToJavaStore(store, { ...entry, password: 'another' })).toBeUndefined();
  expect(addToJavaStore(readFileSync(createStore(folder, 'PKCS12')), entry)).toBeUndefined();
  expect(addToJavaStore(store.subarray(0, 20), entry)).toBeUndefined();
});
