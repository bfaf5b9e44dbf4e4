import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { createRunCertificates } from './certificates.ts';

const names = { hosts: ['api.example.com'], domains: ['example.com'], addresses: ['127.0.0.1'] };
const now = Date.parse('2026-01-05T01:00:00Z');

test('the certificate is one of the authority, for the hosts and addresses, for seven days', () => {
  const { authority, cert, key } = createRunCertificates(names, now);
  const [issuer, server] = [new X509Certificate(authority), new X509Certificate(cert)];
  expect([issuer.ca, server.ca]).toEqual([true, false]);
  expect(server.checkIssued(issuer)).toBe(true);
  expect(server.verify(issuer.publicKey)).toBe(true);
  expect(server.subjectAltName).toBe('DNS:api.example.com, IP Address:127.0.0.1');
  expect(server.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect(Date.parse(server.validTo) - now).toBe(7 * 86_400_000);
  expect(Date.parse(server.validFrom)).toBeLessThan(now);
  expect(key).toMatch(/^-----BEGIN PRIVATE KEY-----/);
});

test('each run has an authority of its own', () => {
  const [one, other] = [createRunCertificates(names), createRunCertificates(names)];
  const [issuer, server] = [new X509Certificate(one.authority), new X509Certificate(other.cert)];
  expect(server.verify(issuer.publicKey)).toBe(false);
  expect(new X509Certificate(other.authority).serialNumber).not.toBe(issuer.serialNumber);
});
