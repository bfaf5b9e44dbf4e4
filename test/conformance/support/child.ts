import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, onTestFinished } from 'vitest';
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
export const emptyFolder = (): string => makeFolder(onTestFinished);

function makeFolder(atEnd: AtEnd): string {
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-conformance-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Registers a function that is called when a test or a file of tests ends. */
type AtEnd = (call: () => void) => void;

type Environment = Readonly<Record<string, string>>;

/** Starts `huizhi …`, with a command in front of it if one is given; it is killed when the test ends. */
export const startChild = (
  line: string,
  before: readonly string[] = [],
  env: Environment = {},
  setup = smallSetup,
): Promise<Child> => launch(onTestFinished, line, before, env, setup);

/** Starts `huizhi …` for all tests of a file. */
export const fileChild = (line: string, env: Environment = {}, setup = smallSetup): Promise<Child> =>
  launch(afterAll, line, [], env, setup);

async function launch(
  atEnd: AtEnd,
  line: string,
  before: readonly string[],
  env: Environment,
  setup: typeof smallSetup,
): Promise<Child> {
  const folder = makeFolder(atEnd);
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
  atEnd(() => void child.kill('SIGKILL'));
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
