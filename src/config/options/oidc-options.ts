import { createFileOption } from '../secret-files.ts';
import { UsageError } from '../values.ts';
import type { Option, OptionValue } from './option.ts';

/** Settings of the sign-in of recipients and operators by OpenID Connect. */
export type Oidc = {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  /** Name of the claim that holds the userId. */
  readonly claim: string;
  /** The organization of everyone who signs in. Exactly one of `corpId` and `corpClaim` is set. */
  readonly corpId: string | undefined;
  /** Name of the claim that holds the corpId. */
  readonly corpClaim: string | undefined;
  /** Name of the claim that holds the email address of an operator; `email` if undefined. */
  readonly operatorClaim?: string | undefined;
};

const shared = { commands: ['dev', 'serve'], inFile: true, kind: 'string', maximum: 1024 } as const;

const clientSecretOption: Option = {
  ...shared,
  name: 'oidcClientSecret',
  flag: '--oidc-client-secret',
  value: '<text>',
  unset: 'a public client',
  environment: ['HUIZHI_OIDC_CLIENT_SECRET'],
  secret: true,
  argument: false,
  doc: 'Client secret of this server at the OpenID provider.',
};

/** Options of sign-in by OpenID Connect, and the public URL that its redirects use. */
export const oidcOptions: readonly Option[] = [
  {
    ...shared,
    name: 'publicUrl',
    flag: '--public-url',
    value: '<url>',
    unset: 'the address of each request',
    environment: ['HUIZHI_PUBLIC_URL'],
    doc: 'The address at which people reach this server, such as https://huizhi.example.com. Sign-in links and the redirect URI of an OpenID provider begin with it.',
  },
  {
    ...shared,
    name: 'oidcIssuer',
    flag: '--oidc-issuer',
    value: '<url>',
    unset: 'no sign-in by OpenID Connect',
    environment: ['HUIZHI_OIDC_ISSUER'],
    doc: 'URL of the OpenID provider at which recipients and operators sign in: https, or http on this machine. Register <public-url>/inbox/v1/oidc/callback and <public-url>/console/v1/oidc/callback there as redirect URIs.',
  },
  {
    ...shared,
    name: 'oidcClientId',
    flag: '--oidc-client-id',
    value: '<text>',
    unset: 'required with --oidc-issuer',
    environment: ['HUIZHI_OIDC_CLIENT_ID'],
    doc: 'This server’s client ID at the OpenID provider.',
  },
  clientSecretOption,
  createFileOption(clientSecretOption),
  {
    ...shared,
    name: 'oidcClaim',
    flag: '--oidc-claim',
    value: '<name>',
    default: 'sub',
    environment: ['HUIZHI_OIDC_CLAIM'],
    doc: 'The claim that holds a user’s userId.',
  },
  {
    ...shared,
    name: 'oidcCorpId',
    flag: '--oidc-corp-id',
    value: '<corpId>',
    unset: 'the claim of --oidc-corp-claim',
    environment: ['HUIZHI_OIDC_CORP_ID'],
    doc: 'The organization of everyone who signs in at the OpenID provider.',
  },
  {
    ...shared,
    name: 'oidcCorpClaim',
    flag: '--oidc-corp-claim',
    value: '<name>',
    unset: 'everybody belongs to --oidc-corp-id',
    environment: ['HUIZHI_OIDC_CORP_CLAIM'],
    doc: 'The claim that holds a user’s corpId, for a provider that several organizations share.',
  },
  {
    ...shared,
    name: 'oidcOperatorClaim',
    flag: '--oidc-operator-claim',
    value: '<name>',
    default: 'email',
    environment: ['HUIZHI_OIDC_OPERATOR_CLAIM'],
    doc: 'The claim that holds the email address of an operator of the console. `email` counts only if the provider has verified it.',
  },
];

type Find = (name: string) => OptionValue | undefined;
type Text = (name: string) => string | undefined;

/**
 * Reads the OIDC options; undefined without an issuer. Throws a UsageError if one is missing, contradictory or invalid.
 */
export function readOidc(find: Find, text: Text, secret: Text): Oidc | undefined {
  const issuer = text('oidcIssuer');
  const clientId = text('oidcClientId');
  const [corpId, corpClaim] = [text('oidcCorpId'), text('oidcCorpClaim')];
  if (issuer === undefined) return undefined;
  const source = find('oidcIssuer')?.source ?? '--oidc-issuer';
  checkIssuer(source, issuer);
  if (clientId === undefined) throw new UsageError(`${source} is set, so --oidc-client-id is required.`);
  if ((corpId === undefined) === (corpClaim === undefined)) {
    throw new UsageError(`${source} is set, so exactly one of --oidc-corp-id and --oidc-corp-claim is required.`);
  }
  return {
    issuer,
    clientId,
    clientSecret: secret('oidcClientSecret'),
    claim: text('oidcClaim') ?? 'sub',
    corpId,
    corpClaim,
    operatorClaim: text('oidcOperatorClaim') ?? 'email',
  };
}

/**
 * Reads the public URL and returns it as an origin, without a trailing slash. Throws a UsageError for an invalid URL or
 * one with a path.
 */
export function readPublicUrl(find: Find, text: (name: string) => string | undefined): string | undefined {
  const url = text('publicUrl');
  if (url === undefined) return undefined;
  const source = find('publicUrl')?.source ?? '--public-url';
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw new UsageError(`${source} must be an http or https URL.`);
  if (new URL(url).pathname !== '/')
    throw new UsageError(`${source} must have no path: huizhi serves its pages at the root.`);
  return new URL(url).origin;
}

function checkIssuer(source: string, issuer: string): void {
  const url = URL.parse(issuer);
  if (url?.protocol === 'https:') return;
  if (url?.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)) return;
  throw new UsageError(`${source} must be an https URL; http is only allowed for a provider on this machine.`);
}
