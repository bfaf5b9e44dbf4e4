import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';

const module = join(import.meta.dirname, '../../src/store/contract/server.contract.ts');

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test.skipIf(process.env.HUIZHI_TEST_DATABASE !== undefined)(
  'a database server of the tests ends with the process that started it, even if that is killed, and leaves no files',
  { timeout: 60_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'huizhi-server-'));
    const plan = { folder, password: 'x', settings: { unix_socket_directories: '' }, initdbFlags: ['--no-sync'] };
    const script = `
      const { startServer } = await import(${JSON.stringify(module)});
      console.log((await startServer(${JSON.stringify(plan)})).pid());`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    expect(isAlive(Number(line))).toBe(true);
    child.kill('SIGKILL');
    await expect.poll(() => isAlive(Number(line)), { timeout: 10_000 }).toBe(false);
    await expect.poll(() => existsSync(folder), { timeout: 10_000 }).toBe(false);
  },
);
