import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export const clientId = 'huizhi';
export const clientSecret = 'only-for-this-test';

/**
 * A real OpenID provider at which anyone signs in by name. It refuses every request until a redirect URI is registered.
 */
export async function startProvider() {
  const http = createServer();
  const refuse = (_: unknown, answer: { writeHead(status: number): { end(): void } }) => answer.writeHead(503).end();
  http.on('request', refuse);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return {
    issuer,
    /** Registers the only redirect URI. `given` are further claims of everybody, besides their name. */
    trust(redirectUri: string, given: object = {}) {
      const provider = new Provider(issuer, {
        clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
        claims: { openid: ['sub'], profile: ['corp', 'staff'], email: ['email', 'email_verified'] },
        findAccount: (_, id) => ({
          accountId: id,
          claims: () => ({ sub: id, corp: 'corp-two', staff: 'mallory', email: `${id}@example.com`, ...given }),
        }),
        pkce: { required: () => true },
        cookies: { keys: ['a key of this test'] },
      });
      http.off('request', refuse);
      http.on('request', provider.callback());
    },
    stop() {
      http.closeAllConnections();
      http.close();
    },
  };
}

type Spoil = { readonly claims?: object; readonly foreignKey?: boolean; readonly userinfo?: object };

/**
 * A minimal provider whose id_tokens a test may change: its claims, and whether another key signs them. `userinfo` are
 * the claims of its userinfo.
 */
export async function startSpoiledProvider(spoil: Spoil) {
  const [own, foreign] = [keyPair(), keyPair()];
  let nonce = '';
  const http = createServer((request, answer) => {
    const url = new URL(request.url ?? '/', issuer);
    const json = (body: unknown) => {
      answer.setHeader('content-type', 'application/json');
      answer.end(JSON.stringify(body));
    };
    if (url.pathname === '/.well-known/openid-configuration') return json(metadata(issuer));
    if (url.pathname === '/jwks') return json({ keys: [{ ...own.publicKey.export({ format: 'jwk' }), ...keyFacts }] });
    if (url.pathname === '/me') return json({ sub: 'alice', ...spoil.userinfo });
    if (url.pathname === '/auth') {
      nonce = url.searchParams.get('nonce') ?? '';
      const back = new URL(url.searchParams.get('redirect_uri') ?? '');
      back.searchParams.set('code', 'any');
      back.searchParams.set('state', url.searchParams.get('state') ?? '');
      return void answer.writeHead(302, { location: back.href }).end();
    }
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, sub: 'alice', aud: clientId, iat: now, exp: now + 3600, nonce, ...spoil.claims };
    const idToken = jwt(claims, (spoil.foreignKey ? foreign : own).privateKey);
    return json({ access_token: 'any', token_type: 'Bearer', id_token: idToken });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return { issuer, stop: () => void http.close().closeAllConnections() };
}

const keyPair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const keyFacts = { kid: 'key', alg: 'RS256', use: 'sig' };

const metadata = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/auth`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/jwks`,
  userinfo_endpoint: `${issuer}/me`,
  id_token_signing_alg_values_supported: ['RS256'],
});

function jwt(claims: object, key: KeyObject): string {
  const encoded = [{ alg: 'RS256', kid: 'key' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  return [...encoded, sign('sha256', Buffer.from(encoded.join('.')), key).toString('base64url')].join('.');
}
