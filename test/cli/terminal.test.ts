/** What is printed on a terminal only: progress bars, hidden prompts, redrawn tables. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { fileServer } from '../conformance/support/harness.ts';
import { crowd } from '../conformance/support/setup.ts';
import { world } from '../conformance/support/world.ts';
import { command, credentialsFor, folder, main } from '../support/command.ts';
import { bareEnvironment } from '../support/environment.ts';

// Each test starts one or more processes.
vi.setConfig({ testTimeout: 30_000 });

const server = await fileServer({ mayFail: true });
const credentials = credentialsFor(server.url);
const w = world(server);

describe('on a terminal', () => {
  const hasScript = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0;

  /** What a terminal of 80 columns shows, control characters included; `typed` is the input. */
  async function terminal(line: string, env: Record<string, string>, typed?: string): Promise<string> {
    const file = join(folder(), 'typescript');
    const child = spawn('script', ['-qec', `stty cols 80 rows 24; ${process.execPath} ${main} ${line}`, file], {
      cwd: folder(),
      env: { ...bareEnvironment, TERM: 'xterm', ...env },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let shown = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      shown += chunk;
      // Once: the prompt may arrive in several pieces, and stays in the later output.
      if (typed !== undefined && !child.stdin.writableEnded && shown.includes('appSecret of')) child.stdin.end(typed);
    });
    await once(child, 'close');
    return readFileSync(file, 'utf8');
  }

  test('a long send shows one bar that fills up and disappears', async (context) => {
    context.skip(!hasScript, 'script of util-linux is not installed');
    const shown = await terminal(`send --to ${crowd.join()} --text hello`, credentials);
    expect(shown).toMatch(/\rsending █+░+ (5|20)\/25/);
    expect(shown).toMatch(/\rsending █+ 25\/25/);
    const [, after = ''] = shown.split('25/25\u001b[K');
    const [between, rest, ...more] = after.split('\u001b[K');
    expect([between, more]).toEqual(['\r', []]);
    expect(rest).toMatch(/^(?:[\w+/=]{44}\r\n){2}Sent to 25 users\.\r\n/);
  });

  test('a secret is prompted for and not echoed', async (context) => {
    context.skip(!hasScript, 'script of util-linux is not installed');
    const { HUIZHI_APP_SECRET: secret, ...rest } = credentials;
    const shown = await terminal('send --to alice --text hello', rest, `${secret}\r`);
    expect(shown).toContain('appSecret of app-one: ');
    expect(shown).toContain('Sent to 1 user.');
    expect(shown).not.toContain(secret);
  });

  test('a backup is not printed', async (context) => {
    context.skip(!hasScript, 'script of util-linux is not installed');
    const shown = await terminal('backup -', {});
    expect(shown).toContain('A backup is not text: name a file');
    expect(shown).not.toContain('SQLite format');
  });

  test('a watch redraws its table in place', async (context) => {
    context.skip(!hasScript, 'script of util-linux is not installed');
    const sent = await command(['send', '--to', 'alice,bob', '--text', 'hello'], { env: credentials });
    const key = sent.stdout.trim();
    await w.emulate('POST', 'reads', { processQueryKey: key });
    const shown = await terminal(`status --watch ${key}`, credentials);
    expect(shown).toContain('2 of 2 read');
    expect(shown).toContain('\u001b[4A\u001b[J');
  });
});
