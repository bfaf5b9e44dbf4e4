/** Certificates for the vendor's hosts, made for one run: a certificate authority of its own, and one certificate by it. */
import { generateKeyPairSync, hash, type KeyObject, randomBytes, sign } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  GeneralNames,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_nameConstraints,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  NameConstraints,
  RelativeDistinguishedName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509';

/** What a server of the run presents, and the certificate of the authority that its clients have to trust; all PEM. */
export type RunCertificates = { readonly authority: string; readonly cert: string; readonly key: string };

/** The names and addresses of a certificate, and the domains and addresses that its authority is limited to. */
export type CertificateNames = {
  readonly hosts: readonly string[];
  readonly domains: readonly string[];
  readonly addresses: readonly string[];
};

const day = 86_400_000;
/** How long the certificates of a run are valid: a week, and the hour before it for clocks that are slow. */
const validity = { before: day / 24, after: 7 * day };

/**
 * Creates a certificate authority and one certificate for the hosts. The private key of the authority exists only while
 * this function runs, and the authority is limited to the domains and addresses: a program that trusts it trusts nothing else.
 */
export function createRunCertificates(names: CertificateNames, now = Date.now()): RunCertificates {
  const authority = generateKeys();
  const server = generateKeys();
  const period = new Validity({ notBefore: new Date(now - validity.before), notAfter: new Date(now + validity.after) });
  const issuer = { name: createName('huizhi run'), keys: authority, period };
  return {
    authority: issue(issuer, issuer.name, authority, authorityExtensions(names)),
    cert: issue(issuer, createName(names.hosts[0] ?? ''), server, serverExtensions(names)),
    key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

type Keys = { readonly privateKey: KeyObject; readonly info: SubjectPublicKeyInfo; readonly id: KeyIdentifier };
type Issuer = { readonly name: Name; readonly keys: Keys; readonly period: Validity };

function generateKeys(): Keys {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const info = AsnConvert.parse(publicKey.export({ type: 'spki', format: 'der' }), SubjectPublicKeyInfo);
  // RFC 5280, 4.2.1.2: the SHA-1 of the key identifies it; nothing depends on its strength.
  const id = new KeyIdentifier(hash('sha1', new Uint8Array(info.subjectPublicKey), 'buffer'));
  return { privateKey, info, id };
}

/** 2.5.4.3 is the common name. */
function createName(commonName: string): Name {
  const value = new AttributeValue({ utf8String: commonName });
  return new Name([new RelativeDistinguishedName([new AttributeTypeAndValue({ type: '2.5.4.3', value })])]);
}

function authorityExtensions({ domains, addresses }: CertificateNames): readonly Extension[] {
  const bases = [
    ...domains.map((dNSName) => new GeneralName({ dNSName })),
    // A mask of all bits: this address alone.
    ...addresses.map((address) => new GeneralName({ iPAddress: `${address}/32` })),
  ];
  const permittedSubtrees = new GeneralSubtrees(bases.map((base) => new GeneralSubtree({ base })));
  return [
    extend(id_ce_basicConstraints, new BasicConstraints({ cA: true, pathLenConstraint: 0 }), true),
    extend(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.keyCertSign), true),
    extend(id_ce_nameConstraints, new NameConstraints({ permittedSubtrees }), true),
  ];
}

function serverExtensions({ hosts, addresses }: CertificateNames): readonly Extension[] {
  const names = [
    ...hosts.map((dNSName) => new GeneralName({ dNSName })),
    ...addresses.map((iPAddress) => new GeneralName({ iPAddress })),
  ];
  return [
    extend(id_ce_basicConstraints, new BasicConstraints(), true),
    extend(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.digitalSignature), true),
    extend(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth])),
    extend(id_ce_subjectAltName, new GeneralNames(names)),
  ];
}

function extend(extnID: string, value: object, critical = false): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

/** ecdsa-with-SHA256, RFC 5758. */
const algorithm = new AlgorithmIdentifier({ algorithm: '1.2.840.10045.4.3.2' });

/** Signs a certificate for the keys of a subject; returns it as PEM. */
function issue(issuer: Issuer, subject: Name, { info, id }: Keys, own: readonly Extension[]): string {
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: createSerialNumber(),
    signature: algorithm,
    issuer: issuer.name,
    validity: issuer.period,
    subject,
    subjectPublicKeyInfo: info,
    extensions: new Extensions([
      ...own,
      extend(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(id)),
      extend(id_ce_authorityKeyIdentifier, new AuthorityKeyIdentifier({ keyIdentifier: issuer.keys.id })),
    ]),
  });
  const signed = Buffer.from(AsnConvert.serialize(tbsCertificate));
  const signatureValue = new Uint8Array(sign('sha256', signed, issuer.keys.privateKey)).buffer;
  const certificate = new Certificate({ tbsCertificate, signatureAlgorithm: algorithm, signatureValue });
  return toPem(Buffer.from(AsnConvert.serialize(certificate)));
}

/** 127 random bits: positive, and without a leading zero byte, as DER demands. */
function createSerialNumber(): ArrayBuffer {
  const bytes = new Uint8Array(randomBytes(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.buffer;
}

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
