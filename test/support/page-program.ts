import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

/**
 * Starts a receiver of a page, which prints `listening` and its port first. Returns the port, and a function that
 * resolves with its next line. The receiver is killed when the test ends.
 */
export async function startPageProgram(file: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  const all = { ...process.env, ...env, PORT: '0' };
  const child = spawn(file, args, { env: all, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(async () => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async () => String((await lines.next()).value);
  const [, port] = (await next()).split(' ');
  return { port, next };
}
