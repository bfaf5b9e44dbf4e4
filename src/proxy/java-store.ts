/** Trust stores of Java in the format JKS, which all versions of Java read. */
import { hash } from 'node:crypto';

const magic = 0xfeedfeed;
const version = 2;
/** The tag of an entry that is a trusted certificate. */
const trusted = 2;
const digestBytes = 20;
/** Bytes of magic, version and number of entries. */
const headBytes = 12;

/**
 * Adds a certificate to a store without running keytool, which takes half a second.
 *
 * @param certificate in PEM format
 * @returns undefined if the store has another format or another password
 */
export function addToJavaStore(
  store: Buffer,
  { alias, certificate, password }: { readonly alias: string; readonly certificate: string; readonly password: string },
): Buffer | undefined {
  if (store.length < headBytes + digestBytes || store.readUInt32BE(0) !== magic || store.readUInt32BE(4) !== version)
    return undefined;
  const body = store.subarray(0, -digestBytes);
  if (!digest(body, password).equals(store.subarray(-digestBytes))) return undefined;
  const extended = Buffer.concat([body, renderEntry(alias, certificate)]);
  extended.writeUInt32BE(store.readUInt32BE(8) + 1, 8);
  return Buffer.concat([extended, digest(extended, password)]);
}

function renderEntry(alias: string, certificate: string): Buffer {
  const der = Buffer.from(certificate.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
  const [tag, createdAt, size] = [Buffer.alloc(4), Buffer.alloc(8), Buffer.alloc(4)];
  tag.writeUInt32BE(trusted);
  createdAt.writeBigUInt64BE(BigInt(Date.now()));
  size.writeUInt32BE(der.length);
  return Buffer.concat([tag, renderText(alias), createdAt, renderText('X.509'), size, der]);
}

function renderText(text: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length);
  return Buffer.concat([length, Buffer.from(text, 'latin1')]);
}

/** The checksum of a store. It detects damage; the certificates in it are public. */
function digest(body: Buffer, password: string): Buffer {
  const salt = Buffer.concat([Buffer.from(password, 'utf16le').swap16(), Buffer.from('Mighty Aphrodite')]);
  return hash('sha1', Buffer.concat([salt, body]), 'buffer');
}
