import { expect, onTestFinished, test } from 'vitest';
import type { Config } from '../../../src/config/options.ts';
import { type Server, startServer, testServer } from '../support/harness.ts';
import { operatorsOf } from '../support/operators.ts';
import { clientId, clientSecret, startProvider, startSpoiledProvider } from '../support/provider.ts';
import { ok, refusal, world } from '../support/world.ts';

type Oidc = NonNullable<Config['oidc']>;

/** A real OpenID provider at which anyone signs in by name, and a huizhi that trusts it. */
async function createScene(given: Partial<Oidc> = {}) {
  const provider = await startProvider();
  const { issuer } = provider;
  const oidc = { issuer, clientId, clientSecret, claim: 'sub', corpId: 'corp-one' };
  const server = await startServer({ command: 'serve', oidc: { ...oidc, corpClaim: undefined, ...given } });
  provider.trust(`${server.url}/inbox/v1/oidc/callback`);
  onTestFinished(async () => {
    await server.stop();
    provider.stop();
  });
  return { server, browser: browser(), start: `${server.url}/inbox/v1/oidc/start` };
}

type Browser = ReturnType<typeof browser>;

/** The part of a browser that a sign-in needs: it stores cookies by host and follows redirects. */
function browser() {
  const cookies = new Map<string, Map<string, string>>();
  const jarOf = (url: URL) => {
    const jar = cookies.get(url.host) ?? new Map<string, string>();
    cookies.set(url.host, jar);
    return jar;
  };
  const ask = async (address: string, form?: Record<string, string>) => {
    const url = new URL(address);
    const jar = jarOf(url);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const body = form && new URLSearchParams(form);
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie },
      ...(body && { method: 'POST', body }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    const to = response.headers.get('location');
    return { status: response.status, url: address, text: await response.text(), to: to && new URL(to, url).href };
  };
  return { ask, cookiesOf: (url: string) => jarOf(new URL(url)) };
}

/** Signs in at the provider by name; returns the address to which the provider redirects. */
async function signInAt({ ask }: Browser, start: string, name: string): Promise<string> {
  let at = start;
  for (let i = 0; i < 12; i++) {
    const page = await ask(at);
    if (page.to) at = page.to;
    else {
      const [, prompt = ''] = /name="prompt" value="(\w+)"/.exec(page.text) ?? [];
      const sent = await ask(at, prompt === 'login' ? { prompt, login: name, password: 'any' } : { prompt });
      if (!sent.to) throw new Error(`the provider answers ${sent.status}: ${sent.text}`);
      at = sent.to;
    }
    if (at.includes('/oidc/callback')) return at;
  }
  throw new Error(`the provider leads nowhere: ${at}`);
}

async function whoIs(server: Server, browser: Browser) {
  const session = browser.cookiesOf(server.url).get('huizhi_inbox_session');
  if (session === undefined) return undefined;
  return ok(await server.call('GET', '/inbox/v1/messages', { headers: { cookie: `huizhi_inbox_session=${session}` } }));
}

test('a person who signs in at the provider gets their inbox', async () => {
  const { server, browser, start } = await createScene();
  const ways = ok(await server.call('GET', '/inbox/v1/sessions')).signIn;
  expect(ways).toEqual(['oidc', 'code']);
  const callback = await signInAt(browser, start, 'alice');
  const arrived = await browser.ask(callback);
  expect([arrived.status, arrived.to]).toEqual([302, `${server.url}/`]);
  expect(await whoIs(server, browser)).toMatchObject({ messages: [] });
  const { sent } = world(server);
  await sent({ userIds: ['bob'] });
  await sent({ userIds: ['alice'] });
  expect((await whoIs(server, browser))?.messages).toHaveLength(1);
});

test('a claim of the userinfo can name the organization, and another the user', async () => {
  const { server, browser, start } = await createScene({ corpId: undefined, corpClaim: 'corp', claim: 'staff' });
  expect((await browser.ask(await signInAt(browser, start, 'anyone'))).to).toBe(`${server.url}/`);
  expect(await whoIs(server, browser)).toMatchObject({ unreadCount: 0 });
});

test('a person whom the organization does not have is told so', async () => {
  const { server, browser, start } = await createScene();
  const arrived = await browser.ask(await signInAt(browser, start, 'stranger'));
  expect(arrived.to).toBe(`${server.url}/?signIn=unknown`);
  expect(await whoIs(server, browser)).toBeUndefined();
});

test('a callback that is forged, of another browser, or used again creates no session', async () => {
  const { server, browser: mine, start } = await createScene();
  const failed = `${server.url}/?signIn=failed`;
  const callback = await signInAt(mine, start, 'alice');
  const other = browser();
  expect((await other.ask(callback)).to).toBe(failed);
  await other.ask(start);
  expect((await other.ask(callback)).to).toBe(failed);
  await mine.ask(callback);
  expect(await whoIs(server, mine)).toBeDefined();
  mine.cookiesOf(server.url).delete('huizhi_inbox_session');
  expect((await mine.ask(callback)).to).toBe(failed);
  for (const [name, value] of [
    ['state', 'x'],
    ['code', 'x'],
    ['iss', 'https://evil.example'],
  ] as const) {
    const forger = browser();
    const url = new URL(await signInAt(forger, start, 'alice'));
    url.searchParams.set(name, value);
    expect((await forger.ask(url.href)).to).toBe(failed);
    expect(await whoIs(server, forger)).toBeUndefined();
  }
  expect((await browser().ask(`${server.url}/inbox/v1/oidc/callback?error=access_denied`)).to).toBe(failed);
});

test('an unavailable provider leads back to the sign-in, and is tried again', async () => {
  const provider = await startProvider();
  const oidc = { issuer: provider.issuer, clientId, clientSecret, claim: 'sub', corpId: 'corp-one' };
  const server = await testServer({ command: 'serve', oidc: { ...oidc, corpClaim: undefined } });
  onTestFinished(provider.stop);
  // No client is registered yet, so every request is refused.
  const { ask } = browser();
  expect((await ask(`${server.url}/inbox/v1/oidc/start`)).to).toBe(`${server.url}/?signIn=failed`);
  expect(server.log.filter(({ level }) => level === 'warn').map(({ text }) => text)).toEqual([
    expect.stringContaining('the OpenID provider cannot be reached'),
  ]);
  provider.trust(`${server.url}/inbox/v1/oidc/callback`);
  expect((await ask(`${server.url}/inbox/v1/oidc/start`)).to).toContain(`${provider.issuer}/auth?`);
});

const now = Math.floor(Date.now() / 1000);

test.each([
  ['of the provider', {}, '/'],
  ['whose clock is a few seconds ahead', { claims: { iat: now + 10 } }, '/'],
  ['signed by a foreign key', { foreignKey: true }, '/?signIn=failed'],
  ['from the future', { claims: { iat: now + 3600, exp: now + 7200 } }, '/?signIn=failed'],
  ['that has ended', { claims: { iat: now - 7200, exp: now - 3600 } }, '/?signIn=failed'],
  ['for another client', { claims: { aud: 'another' } }, '/?signIn=failed'],
  ['of another issuer', { claims: { iss: 'https://elsewhere.example' } }, '/?signIn=failed'],
  ['of another sign-in', { claims: { nonce: 'another' } }, '/?signIn=failed'],
])('an id_token %s has the expected result, also over plain http', async (_, spoil, expected) => {
  const provider = await startSpoiledProvider(spoil);
  onTestFinished(provider.stop);
  const oidc = { issuer: provider.issuer, clientId, clientSecret, claim: 'sub', corpId: 'corp-one' };
  const server = await testServer({ command: 'serve', oidc: { ...oidc, corpClaim: undefined } });
  const guest = browser();
  const { to: auth } = await guest.ask(`${server.url}/inbox/v1/oidc/start`);
  const { to: callback } = await guest.ask(auth ?? '');
  expect((await guest.ask(callback ?? '')).to).toBe(`${server.url}${expected}`);
  expect((await whoIs(server, guest)) !== undefined).toBe(expected === '/');
});

test('without a provider there is no sign-in by OpenID Connect', async () => {
  const server = await testServer({ command: 'serve' });
  expect(ok(await server.call('GET', '/inbox/v1/sessions')).signIn).toEqual(['code']);
  for (const path of ['start', 'callback']) {
    expect(refusal(await server.call('GET', `/inbox/v1/oidc/${path}`))).toEqual([404, 'huizhi.notFound']);
  }
});

/** A provider that the console trusts; everybody there has an email address and the given claims. */
async function createConsoleScene(claims: object, operatorClaim?: string) {
  const provider = await startProvider();
  const oidc = { issuer: provider.issuer, clientId, clientSecret, claim: 'sub', corpId: 'corp-one' };
  const more = operatorClaim === undefined ? {} : { operatorClaim };
  const server = await startServer({ command: 'serve', oidc: { ...oidc, corpClaim: undefined, ...more } });
  provider.trust(`${server.url}/console/v1/oidc/callback`, claims);
  onTestFinished(async () => {
    await server.stop();
    provider.stop();
  });
  const operators = operatorsOf(server);
  const email = 'Olga@example.com';
  const id = await operators.add({ name: 'Olga', email, grants: [{ role: 'auditor', corpId: 'corp-one' }] });
  return { server, operators, id, start: `${server.url}/console/v1/oidc/start` };
}

test('an operator signs in at the provider by a verified email address, until they are disabled', async () => {
  const { server, operators, id, start } = await createConsoleScene({ email_verified: true });
  expect(ok(await server.call('GET', '/console/v1/signIn')).signIn).toEqual(['oidc', 'link', 'adminToken']);
  const olgas = browser();
  expect(await olgas.ask(await signInAt(olgas, start, 'olga'))).toMatchObject({ to: `${server.url}/console` });
  const cookie = `huizhi_console=${olgas.cookiesOf(server.url).get('huizhi_console')}`;
  const session = ok(await server.call('GET', '/console/v1/sessions/current', { headers: { cookie } }));
  expect(session).toMatchObject({ operator: { operatorId: id, name: 'Olga' }, roles: [{ role: 'auditor' }] });
  const others = browser();
  const unknown = await others.ask(await signInAt(others, start, 'nobody'));
  expect(unknown).toMatchObject({ to: `${server.url}/console?signIn=unknown` });
  ok(await operators.asOwner('PUT', `operators/${id}`, { body: { disabled: true } }));
  const again = browser();
  expect((await again.ask(await signInAt(again, start, 'olga'))).to).toBe(`${server.url}/console?signIn=unknown`);
  expect(again.cookiesOf(server.url).get('huizhi_console')).toBeUndefined();
});

test('an email address that the provider has not verified signs nobody in; another claim needs no verification', async () => {
  const plain = await createConsoleScene({ email_verified: false });
  const one = browser();
  const refused = await one.ask(await signInAt(one, plain.start, 'olga'));
  expect(refused.to).toBe(`${plain.server.url}/console?signIn=failed`);
  const staff = await createConsoleScene({ staff: 'olga@example.com' }, 'staff');
  const other = browser();
  const signedIn = await other.ask(await signInAt(other, staff.start, 'olga'));
  expect(signedIn.to).toBe(`${staff.server.url}/console`);
});

test.each([
  ['the same address', 'olga@example.com', '/console'],
  ['another address', 'mallory@example.com', '/console?signIn=failed'],
])(
  'an address of the id_token that is verified in the userinfo of %s leads to the expected page',
  async (_, email, expected) => {
    const userinfo = { email, email_verified: true };
    const provider = await startSpoiledProvider({ claims: { email: 'olga@example.com' }, userinfo });
    onTestFinished(provider.stop);
    const oidc = { issuer: provider.issuer, clientId, clientSecret, claim: 'sub', corpId: 'corp-one' };
    const server = await testServer({ command: 'serve', oidc: { ...oidc, corpClaim: undefined } });
    await operatorsOf(server).add({ name: 'Olga', email: 'olga@example.com' });
    const guest = browser();
    const { to: auth } = await guest.ask(`${server.url}/console/v1/oidc/start`);
    const { to: callback } = await guest.ask(auth ?? '');
    expect((await guest.ask(callback ?? '')).to).toBe(`${server.url}${expected}`);
  },
);
