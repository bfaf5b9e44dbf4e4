import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { run } from './command.ts';

const cwd = fileURLToPath(new URL('old-java/', import.meta.url));
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Starts the built `huizhi dev` with the demo data; returns host and port. */
async function startDemo(): Promise<string> {
  const args = [main, 'dev', '--port', '0', '--json', '--log-level', 'fatal'];
  const env = { PATH: process.env.PATH ?? '' };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill());
  for await (const line of createInterface(child.stdout))
    return new URL((JSON.parse(line) as { url: string }).url).host;
  throw new Error(`huizhi ended with exit code ${child.exitCode} before it listened`);
}

test('the vendor’s Java SDK for the old host looks up users and departments, and sends work notices and group messages', {
  timeout: 600_000,
}, async ({ skip }) => {
  const { code: absent } = await run({ file: 'mvn', args: ['--version'], cwd });
  if (absent !== 0 && process.env.CI === 'true') throw new Error('Maven is not installed');
  skip(absent !== 0, 'Maven is not installed');
  const HUIZHI = await startDemo();
  const { code, stdout, stderr } = await run({ file: 'mvn', args: ['--batch-mode', 'test'], cwd, env: { HUIZHI } });
  expect([code, code === 0 ? '' : stdout + stderr]).toEqual([0, '']);
  expect(stdout).toContain('Tests run: 11, Failures: 0, Errors: 0, Skipped: 0');
});
