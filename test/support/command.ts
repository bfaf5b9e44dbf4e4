/** Runs the built program, for the tests of its commands. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { bareEnvironment } from './environment.ts';

/** The program. */
export const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** The environment of a caller that sends by robot-one of the suite's server. */
export const credentialsFor = (url: string) => ({
  HUIZHI_ENDPOINT: url,
  HUIZHI_APP_KEY: 'app-one',
  HUIZHI_APP_SECRET: 'secret-of-app-one',
  HUIZHI_ROBOT: 'robot-one',
});

/** A temporary folder that is removed when the test ends. */
export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'huizhi-cli-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };
export type Around = {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly input?: string;
  /** Called with the process when it runs. */
  readonly started?: (child: ChildProcess) => void;
};

/** Runs `huizhi …` to its end, by default in an empty folder with no environment except PATH. */
export async function command(
  args: readonly string[],
  { cwd = folder(), env = {}, input = '', started }: Around = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...args], { cwd, env: { ...bareEnvironment, ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (texts.stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (texts.stderr += chunk));
  started?.(child);
  // A command that ends before it has read its input is judged by its exit code.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { code, ...texts };
}

/** The lines of a text, each as JSON. */
export const jsonLines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
