/** Signing in to the console at an OpenID provider. */
import type { Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { operatorsOf } from '../../conformance/support/operators.ts';
import { clientId, clientSecret, startProvider } from '../../conformance/support/provider.ts';
import { becomes, pages } from '../support/harness.ts';
import { consent, enterName } from '../support/provider.ts';

const provider = await startProvider();
const { issuer } = provider;
const oidc = { issuer, clientId, clientSecret, claim: 'sub', corpId: 'corp-one', corpClaim: undefined };
const { needsBrowser, server, visitor } = await pages({ command: 'serve', oidc });
provider.trust(`${server.url}/console/v1/oidc/callback`, { email_verified: true });
afterAll(provider.stop);

/** At the provider: signs in with a name, and consents. */
async function signInAs(page: Page, name: string): Promise<void> {
  await enterName(page, issuer, name);
  await consent(page);
}

test('an unknown person is told so and signs in as an operator instead, who stays signed in and signs out', {
  timeout: 60_000,
}, async (context) => {
  needsBrowser(context);
  const grants = [{ role: 'auditor', corpId: 'corp-one' }] as const;
  await operatorsOf(server).add({ name: 'Olga', email: 'olga@example.com', grants });
  const page = await (await visitor()).newPage();
  await page.goto(`${server.url}/console`);
  await page.getByRole('link', { name: 'Sign in with your organization' }).click();
  await signInAs(page, 'stranger');
  await page.getByRole('alert').filter({ hasText: 'nobody has added you as an operator' }).waitFor();
  expect(page.url()).toBe(`${server.url}/console`);
  // The provider has a session of the stranger, and asks again.
  await page.getByRole('link', { name: 'Sign in as somebody else' }).click();
  await signInAs(page, 'olga');
  await becomes(() => page.locator('.who').textContent(), 'Olga');
  await page.reload();
  await becomes(() => page.locator('.who').textContent(), 'Olga');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('link', { name: 'Sign in with your organization' }).waitFor();
});
