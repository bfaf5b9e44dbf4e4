import { expect, test } from 'vitest';
import { bearer, ok } from '../../conformance/support/world.ts';
import { becomes, inboxSession, pages } from '../support/harness.ts';

const { call, needsBrowser, server, visitor } = await pages({ command: 'serve' });

const linkFor = async (userId: string) => {
  const body = { corpId: 'corp-one', userId };
  return String(ok(await call('POST', '/console/v1/signInCodes', { body, headers: bearer(server.adminToken) })).url);
};

test('a link signs in once, and leaves no code in the address', { timeout: 60_000 }, async (context) => {
  needsBrowser(context);
  const link = await linkFor('alice');
  const alice = await (await visitor()).newPage();
  await alice.goto(link);
  await alice.getByRole('heading', { name: 'Name of alice' }).waitFor();
  expect(alice.url()).toBe(`${server.url}/`);
  await alice.reload();
  await alice.getByRole('heading', { name: 'Name of alice' }).waitFor();
  const thief = await (await visitor()).newPage();
  await thief.goto(link);
  await thief.getByRole('alert').filter({ hasText: 'was used before' }).waitFor();
  expect(await thief.locator('.side').count()).toBe(0);
});

test('a forged code or cookie creates no session, and lists no people', { timeout: 60_000 }, async (context) => {
  needsBrowser(context);
  const [code = ''] = /[^=]+$/.exec(await linkFor('bob')) ?? [];
  const forger = await visitor();
  await forger.addCookies([inboxSession('forged', server.url)]);
  const page = await forger.newPage();
  await page.goto(`${server.url}/?code=${code.slice(0, -1)}${code.endsWith('A') ? 'B' : 'A'}`);
  await page.getByRole('alert').filter({ hasText: 'wrong' }).waitFor();
  expect(await page.locator('.people').count()).toBe(0);
  await page.getByRole('textbox', { name: 'One-time code' }).fill(code);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Name of bob' }).waitFor();
});

test('the session cannot be read by a script, and signing out ends it', { timeout: 60_000 }, async (context) => {
  needsBrowser(context);
  const someone = await visitor();
  const page = await someone.newPage();
  await page.goto(await linkFor('carol'));
  await page.getByRole('heading', { name: 'Name of carol' }).waitFor();
  expect(await page.evaluate('document.cookie')).toBe('');
  const kept = await someone.cookies();
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in to huizhi' }).waitFor();
  await someone.addCookies(kept);
  await page.reload();
  await page.getByRole('heading', { name: 'Sign in to huizhi' }).waitFor();
  await becomes(() => page.locator('.side').count(), 0);
});

test.for([
  ['failed', 'The sign-in was not completed'],
  ['unknown', 'You are not a user here'],
] as const)(
  'a person whom a provider sends back with %s is told why',
  { timeout: 60_000 },
  async ([outcome, told], context) => {
    needsBrowser(context);
    const page = await (await visitor()).newPage();
    await page.goto(`${server.url}/?signIn=${outcome}`);
    await page.getByRole('alert').filter({ hasText: told }).waitFor();
    expect(page.url()).toBe(`${server.url}/`);
  },
);
