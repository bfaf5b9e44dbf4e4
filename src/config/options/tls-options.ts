import { UsageError } from '../values.ts';
import type { Option, OptionValue } from './option.ts';

/** Paths of the files of a certificate and its private key, in PEM format. */
export type TlsFiles = { readonly cert: string; readonly key: string };

const shared = {
  kind: 'string',
  value: '<path>',
  unset: 'plain HTTP',
  commands: ['dev', 'serve', 'doctor'],
  inFile: true,
} as const;

/** Options of TLS on the server's own port. */
export const tlsOptions: readonly Option[] = [
  {
    ...shared,
    name: 'tlsCert',
    flag: '--tls-cert',
    environment: ['HUIZHI_TLS_CERT'],
    doc: 'A file with the certificate of this server in PEM format, followed by those of its issuers: the server then accepts https only. Needs --tls-key. Both files are read again when they change, and serve also reads them on SIGHUP.',
  },
  {
    ...shared,
    name: 'tlsKey',
    flag: '--tls-key',
    environment: ['HUIZHI_TLS_KEY'],
    doc: 'A file with the private key of --tls-cert in PEM format, without a passphrase. Only its owner and its group may have access to it.',
  },
];

/** Reads the TLS options; undefined if neither is set. Throws a UsageError if only one of them is. */
export function readTls(
  find: (name: string) => OptionValue | undefined,
  text: (name: string) => string | undefined,
): TlsFiles | undefined {
  const [cert, key] = [text('tlsCert'), text('tlsKey')];
  if (cert === undefined && key === undefined) return undefined;
  if (key === undefined) throw new UsageError(`${find('tlsCert')?.source} is set, so --tls-key is required.`);
  if (cert === undefined) throw new UsageError(`${find('tlsKey')?.source} is set, so --tls-cert is required.`);
  return { cert, key };
}
