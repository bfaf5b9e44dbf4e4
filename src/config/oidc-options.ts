import type { Given, Option } from './option.ts';
import { fileOptionOf } from './secret-files.ts';
import { UsageError } from './values.ts';

/** How recipients sign in at an OpenID provider. */
export type Oidc = {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  /** The claim that holds the userId. */
  readonly claim: string;
  /** The organization of all who sign in, or the claim that names it. */
  readonly corpId: string | undefined;
  readonly corpClaim: string | undefined;
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
  doc: 'This server’s secret at the OpenID provider.',
};

/** Options of signing in by OpenID Connect, and the address that it comes back to. */
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
    doc: 'OpenID provider at which recipients sign in; https, or http on this machine. Register <public-url>/inbox/v1/oidc/callback there.',
  },
  {
    ...shared,
    name: 'oidcClientId',
    flag: '--oidc-client-id',
    value: '<text>',
    unset: 'needed with --oidc-issuer',
    environment: ['HUIZHI_OIDC_CLIENT_ID'],
    doc: 'This server’s client ID at the OpenID provider.',
  },
  clientSecretOption,
  fileOptionOf(clientSecretOption),
  {
    ...shared,
    name: 'oidcClaim',
    flag: '--oidc-claim',
    value: '<name>',
    default: 'sub',
    environment: ['HUIZHI_OIDC_CLAIM'],
    doc: 'The claim that holds a person’s userId.',
  },
  {
    ...shared,
    name: 'oidcCorpId',
    flag: '--oidc-corp-id',
    value: '<corpId>',
    unset: 'the claim of --oidc-corp-claim',
    environment: ['HUIZHI_OIDC_CORP_ID'],
    doc: 'The organization of everybody who signs in at the OpenID provider.',
  },
  {
    ...shared,
    name: 'oidcCorpClaim',
    flag: '--oidc-corp-claim',
    value: '<name>',
    unset: 'everybody belongs to --oidc-corp-id',
    environment: ['HUIZHI_OIDC_CORP_CLAIM'],
    doc: 'The claim that holds a person’s corpId, for a provider that several organizations share.',
  },
];

type Find = (name: string) => Given | undefined;
type Text = (name: string) => string | undefined;

/** Puts the options together; they make sense only as a whole. Throws a UsageError. */
export function oidcIn(find: Find, text: Text, secret: Text): Oidc | undefined {
  const issuer = text('oidcIssuer');
  const clientId = text('oidcClientId');
  const [corpId, corpClaim] = [text('oidcCorpId'), text('oidcCorpClaim')];
  if (issuer === undefined) return undefined;
  const source = find('oidcIssuer')?.source ?? '--oidc-issuer';
  checkUrl(source, issuer);
  if (clientId === undefined) throw new UsageError(`${source} is set, so --oidc-client-id is needed, too.`);
  if ((corpId === undefined) === (corpClaim === undefined)) {
    throw new UsageError(`${source} is set, so one of --oidc-corp-id and --oidc-corp-claim is needed, and not both.`);
  }
  return {
    issuer,
    clientId,
    clientSecret: secret('oidcClientSecret'),
    claim: text('oidcClaim') ?? 'sub',
    corpId,
    corpClaim,
  };
}

/** The address that people know, without a slash at its end. Throws a UsageError. */
export function publicUrlIn(find: Find, text: (name: string) => string | undefined): string | undefined {
  const url = text('publicUrl');
  if (url === undefined) return undefined;
  const source = find('publicUrl')?.source ?? '--public-url';
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw new UsageError(`${source} must be an http or https URL.`);
  if (new URL(url).pathname !== '/') throw new UsageError(`${source} must have no path; huizhi answers at the root.`);
  return new URL(url).origin;
}

function checkUrl(source: string, issuer: string): void {
  const url = URL.parse(issuer);
  if (url?.protocol === 'https:') return;
  if (url?.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)) return;
  throw new UsageError(`${source} must be an https URL; http is for a provider on this machine.`);
}
