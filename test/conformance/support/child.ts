import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { bareEnvironment } from '../../support/environment.ts';
import { connected, type Server } from './harness.ts';
import { smallSetup } from './setup.ts';

/** The built package; the global setup has built it. */
const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

/**
 * A huizhi in a process of its own, in an empty folder, with the organizations of this suite, and by default with two of
 * its apps.
 */
export type Child = Server & {
  readonly process: ChildProcess;
  readonly folder: string;
  /** Everything that it has written to stdout and stderr. */
  output(): string;
};

/** An empty folder that is removed when the test ends. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-conformance-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts `huizhi …`, with a command in front of it if one is given; it is killed when the test ends. */
export async function startChild(
  line: string,
  before: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  setup = smallSetup,
): Promise<Child> {
  const folder = emptyFolder();
  writeFileSync(join(folder, 'huizhi.yaml'), JSON.stringify(setup));
  const words = [
    ...before,
    process.execPath,
    main,
    ...line.split(' '),
    '--port',
    '0',
    '--json',
    '--log-format',
    'json',
  ];
  const [command = '', ...args] = words;
  const child = spawn(command, args, { cwd: folder, env: { ...bareEnvironment, ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = { out: '', err: '' };
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output.out += chunk;
      const found = /"url":"([^"]+)"/.exec(output.out)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      output.err += chunk;
    });
    child.on('close', (code) => reject(new Error(`it ended with ${code}: ${output.err}`)));
  });
  return { ...connected(url), process: child, folder, output: () => output.out + output.err };
}
