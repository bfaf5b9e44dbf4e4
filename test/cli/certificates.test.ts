/** What the commands say about a server whose certificate they do not accept, and about a proxy that refuses them. */
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { writeCertificate } from '../support/certificates.ts';
import { command, credentialsFor, folder } from '../support/command.ts';

// Each test starts several processes.
vi.setConfig({ testTimeout: 60_000 });

const commands: readonly (readonly string[])[] = [
  ['status', 'key'],
  ['admin', 'organizations', 'list'],
  ['backup', 'backup.db'],
];

/** Starts a proxy with TLS that refuses every request with a page. */
async function startRefusing(
  name = 'localhost',
  address = '127.0.0.1',
): Promise<{ readonly url: string; readonly authority: string }> {
  const { files, authority } = writeCertificate();
  const server = createServer({ cert: readFileSync(files.cert), key: readFileSync(files.key) }, (_, response) => {
    response.writeHead(403, { 'content-type': 'text/html' }).end('<h1>403 Forbidden</h1>');
  }).listen(0, address);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return { url: `https://${name}:${(server.address() as AddressInfo).port}`, authority };
}

function run(words: readonly string[], url: string, env: Record<string, string> = {}) {
  const args = words[0] === 'backup' ? [...words, '--endpoint', url] : words;
  const known = { ...credentialsFor(url), HUIZHI_ADMIN_TOKEN: 'admin-token-of-the-suite', ...env };
  return command(args, { env: known });
}

test('a certificate of an unknown authority is named with the way to trust the authority', async () => {
  const { url } = await startRefusing();
  const all = await Promise.all(commands.map((words) => run(words, url)));
  for (const { code, stderr } of all) {
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /[A-Z]+_[A-Z_]+\. .*name a file with the certificate of the authority in NODE_EXTRA_CA_CERTS/,
    );
    expect(stderr).not.toContain('that the server is running');
  }
});

test('a certificate of another name is named as such', async () => {
  const { url, authority } = await startRefusing('127.0.0.2', '127.0.0.2');
  const file = join(folder(), 'ca.pem');
  writeFileSync(file, authority);
  const { stderr } = await run(['admin', 'organizations', 'list'], url, { NODE_EXTRA_CA_CERTS: file });
  expect(stderr).toContain('ERR_TLS_CERT_ALTNAME_INVALID. The certificate is of another name');
});

test('a proxy that refuses the console is not taken for a wrong address', async () => {
  const { url, authority } = await startRefusing();
  const file = join(folder(), 'ca.pem');
  writeFileSync(file, authority);
  const [, admin, backup] = commands;
  for (const words of [admin, backup]) {
    const { code, stderr } = await run(words ?? [], url, { NODE_EXTRA_CA_CERTS: file });
    expect(code).toBe(1);
    expect(stderr).toMatch(/403.*the server's own port/);
  }
});
