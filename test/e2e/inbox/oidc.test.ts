import type { Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { clientId, clientSecret, startProvider } from '../../conformance/support/provider.ts';
import { pages } from '../support/harness.ts';
import { consent, enterName } from '../support/provider.ts';

const provider = await startProvider();
const { issuer } = provider;
const oidc = { issuer, clientId, clientSecret, claim: 'sub', corpId: 'corp-one', corpClaim: undefined };
const { needsBrowser, server, visitor } = await pages({ command: 'serve', oidc });
provider.trust(`${server.url}/inbox/v1/oidc/callback`);
afterAll(provider.stop);

const slow = { timeout: 60_000 };

const signInButton = (page: Page) => page.getByRole('link', { name: 'Sign in with your organization' });

test('a person signs in at the provider, gets their inbox, and signs out', slow, async (context) => {
  needsBrowser(context);
  const page = await (await visitor()).newPage();
  await page.goto(server.url);
  await signInButton(page).click();
  await enterName(page, issuer, 'alice');
  await consent(page);
  await page.getByRole('heading', { name: 'Name of alice' }).waitFor();
  expect(page.url()).toBe(`${server.url}/`);
  await page.reload();
  await page.getByRole('heading', { name: 'Name of alice' }).waitFor();
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await signInButton(page).waitFor();
  await page.reload();
  await signInButton(page).waitFor();
});

test(
  'a person whom the organization does not have is told so, and can sign in as another one',
  slow,
  async (context) => {
    needsBrowser(context);
    const page = await (await visitor()).newPage();
    await page.goto(server.url);
    await signInButton(page).click();
    await enterName(page, issuer, 'stranger');
    await consent(page);
    await page.getByRole('alert').filter({ hasText: 'You are not a user here' }).waitFor();
    expect([page.url(), await page.locator('.side').count()]).toEqual([`${server.url}/`, 0]);
    // The provider still has the session of the unknown person, but must prompt again.
    await page.getByRole('link', { name: 'Sign in as somebody else' }).click();
    await enterName(page, issuer, 'bob');
    await consent(page);
    await page.getByRole('heading', { name: 'Name of bob' }).waitFor();
  },
);

test('cancelling at the provider leads back to the sign-in, with a message', slow, async (context) => {
  needsBrowser(context);
  const page = await (await visitor()).newPage();
  await page.goto(server.url);
  await signInButton(page).click();
  await page.waitForURL(`${issuer}/**`);
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.getByRole('alert').filter({ hasText: 'The sign-in was not completed' }).waitFor();
  await signInButton(page).waitFor();
});
