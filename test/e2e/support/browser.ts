/** Chromium as the machine has it, or as it can be installed. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
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

export function launch(): Promise<Browser> {
  const executablePath = found();
  if (executablePath === undefined) throw new Error(reason);
  return chromium.launch({ executablePath, args: flags, headless: true });
}

const reason = 'no Chromium: set CHROMIUM_PATH, or install the package chromium';

/** Why there is no browser to test with; undefined when there is one. On a Debian that lets us, it is installed first. */
export function missing(): string | undefined {
  if (found() !== undefined) return undefined;
  if (canInstall()) installed();
  return found() === undefined ? reason : undefined;
}

function found(): string | undefined {
  const given = process.env.CHROMIUM_PATH;
  if (given) return given;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const paths = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...paths, ...elsewhere].find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function canInstall(): boolean {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get');
}

/** Test files run side by side, and apt-get does not. */
const install = `command -v chromium || { apt-get -qq update && apt-get -qq install -y --no-install-recommends chromium fonts-noto-cjk; }`;

function installed(): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const lock = join(tmpdir(), 'huizhi-chromium.lock');
  try {
    execFileSync('flock', [lock, 'sh', '-c', install], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: 600_000,
    });
  } catch (error) {
    process.stderr.write(`Chromium could not be installed: ${String(error)}\n`);
  }
}
