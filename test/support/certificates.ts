import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createRunCertificates } from '../../src/proxy/certificates.ts';

/** A certificate for localhost and 127.0.0.1 in files, with the authority that clients have to trust. */
export type TestCertificate = {
  readonly files: { readonly cert: string; readonly key: string };
  readonly authority: string;
  /** Writes another certificate, of another authority, into the same files; returns that authority. */
  renew(): string;
};

export function writeCertificate(): TestCertificate {
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  const renew = () => {
    const { authority, cert, key } = createRunCertificates({
      hosts: ['localhost'],
      domains: ['localhost'],
      addresses: ['127.0.0.1'],
    });
    writeFileSync(files.key, key);
    chmodSync(files.key, 0o600);
    writeFileSync(files.cert, cert);
    return authority;
  };
  return { files, authority: renew(), renew };
}
