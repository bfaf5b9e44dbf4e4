/** Real pages of a real server in a real browser. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, type TestContext } from 'vitest';
import { inboxCookie, inboxCookiePath } from '../../../src/wire/headers.ts';
import { fileServer } from '../../conformance/support/harness.ts';
import { world } from '../../conformance/support/world.ts';
import { launch, missing } from './browser.ts';

type Options = Parameters<typeof fileServer>[0];

/** A server and a browser for the tests of a file. */
export async function pages(options?: Options) {
  const server = await fileServer(options);
  const acts = world(server);
  const lacking = missing();
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (lacking === undefined) browser = await launch();
  }, 60_000);
  afterAll(() => browser?.close());

  /** A browser context with its own cookies, by default in English, on a desktop, and without the service worker. */
  const visitor = async (more: BrowserContextOptions = {}): Promise<BrowserContext> => {
    if (!browser) throw new Error('needsBrowser() comes first');
    const context = await browser.newContext({
      viewport: { width: 1100, height: 700 },
      locale: 'en-GB',
      serviceWorkers: 'block',
      ...more,
    });
    onTestFinished(() => context.close());
    return context;
  };
  return {
    ...acts,
    visitor,
    needsBrowser: ({ skip }: TestContext) => skip(lacking !== undefined, lacking),
    /** The open inbox of a person. */
    async opened(userId: string, robotCode = '', more: BrowserContextOptions = {}): Promise<Page> {
      const context = await visitor(more);
      await context.addCookies([inboxSession(await acts.signIn(userId), server.url)]);
      const page = await context.newPage();
      await page.goto(`${more.baseURL ?? server.url}/#${robotCode}`);
      await page.locator('.inbox').waitFor();
      return page;
    },
  };
}

/** The cookie of a signed-in person, as the server would set it. */
export function inboxSession(value: string, url: string) {
  return { name: inboxCookie, value, domain: new URL(url).hostname, path: inboxCookiePath };
}

/** Waits until a query returns the wanted value. */
export async function becomes<T>(ask: () => Promise<T>, wanted: T): Promise<void> {
  await expect.poll(ask, { timeout: 15_000, interval: 100 }).toEqual(wanted);
}
