/** Chromium: the installed one, or one that can be installed. */
import { type Browser, chromium } from 'playwright-core';
import { type Need, programPath, provide } from '../../support/debian.ts';

/** The first that is installed is used. The headless shell is Chromium without its windows, which starts faster. */
const names = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
];
const elsewhere = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/opt/google/chrome/chrome'];

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const need: Need = {
  name: 'Chromium',
  isThere: () => findBrowser() !== undefined,
  packages: ['chromium-headless-shell', 'fonts-noto-cjk'],
  advice: 'set CHROMIUM_PATH, or install the package chromium-headless-shell or chromium',
};

export function launch(): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error(`no ${need.name}: ${need.advice}`);
  return chromium.launch({ executablePath, args: flags, headless: true });
}

/** Why there is no browser to test with; undefined when there is one. */
export const missing = (): string | undefined => provide(need);

function findBrowser(): string | undefined {
  const given = process.env.CHROMIUM_PATH;
  if (given) return given;
  return [...names, ...elsewhere].flatMap((name) => programPath(name) ?? [])[0];
}
