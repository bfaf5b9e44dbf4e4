import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export const clientId = 'huizhi';
export const clientSecret = 'only-for-this-test';

/** A real OpenID provider at which anyone signs in by name. Until it trusts an address to lead back to, it refuses every request. */
export async function startProvider() {
  const http = createServer();
  const refuse = (_: unknown, answer: { writeHead(status: number): { end(): void } }) => answer.writeHead(503).end();
  http.on('request', refuse);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return {
    issuer,
    trust(redirectUri: string) {
      const provider = new Provider(issuer, {
        clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
        claims: { openid: ['sub'], profile: ['corp', 'staff'] },
        findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, corp: 'corp-two', staff: 'mallory' }) }),
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
