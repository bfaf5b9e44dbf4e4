/** How each language's SDK is set up, run and reported, for each version. */
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, run } from './command.ts';
import { startHuizhi } from './huizhi.ts';
import { findMissingPython, needs, openEnvironment } from './python-environment.ts';
import { fromGo, fromJunit, type Outcome } from './report.ts';

export type Language = {
  readonly name: string;
  /** The newest available version and one of about two years ago. */
  readonly versions: readonly string[];
  /** Every case for this SDK runs once in each mode. */
  readonly modes: readonly string[];
  /** Returns what is missing on this machine, or undefined. */
  missing(): Promise<string | undefined>;
  /**
   * Runs every case for this SDK against a separate huizhi; installs the packages of the lock files if they are
   * missing.
   */
  play(version: string): Promise<readonly Outcome[]>;
  /** The runner's name of a case. */
  nameOf(id: string, mode: string, version: string): string;
};

const folder = (name: string) => fileURLToPath(new URL(`${name}/`, import.meta.url));

const python: Language = {
  name: 'Python',
  versions: ['2.2.65', '2.1.63'],
  modes: ['sync', 'async'],
  missing: findMissingPython,
  async play(version) {
    const cwd = folder('python');
    const lock = join(cwd, `requirements-${version}.txt`);
    const file = await openEnvironment(cwd, lock, join(cwd, '.venv', version));
    const report = reportFile(`python-${version}`);
    const args = ['-m', 'pytest', `--junitxml=${report}`];
    const env = { SDK: `Python ${version}` };
    return withHuizhi((HUIZHI) => runTests({ file, args, cwd, env: { ...env, HUIZHI } }, report));
  },
  nameOf: (id, mode) => `test_story[${mode}-${id}]`,
};

const java: Language = {
  name: 'Java',
  versions: ['2.2.43', '2.1.58'],
  modes: [''],
  async missing() {
    const jdk = await needs('a JDK of version 17 or later', { file: 'javac', args: ['--release', '17', '--version'] });
    return jdk ?? needs('Maven', { file: 'mvn', args: ['--version'] });
  },
  play(version) {
    const cwd = folder('java');
    const args = ['--quiet', '--batch-mode', 'test', `-Ddingtalk.version=${version}`];
    const report = join(cwd, 'target', version, 'surefire-reports', 'TEST-story.StoryTest.xml');
    const env = { SDK: `Java ${version}` };
    return withHuizhi((HUIZHI) => runTests({ file: 'mvn', args, cwd, env: { ...env, HUIZHI } }, report));
  },
  nameOf: (id) => `plays(String, JsonObject) "${id}"`,
};

const goModules: Readonly<Record<string, string>> = { '1.6.88': 'go.mod', '1.6.71': 'older.mod' };

const go: Language = {
  name: 'Go',
  versions: Object.keys(goModules),
  modes: [''],
  missing: () => needs('Go', { file: 'go', args: ['version'] }),
  async play(version) {
    const args = ['test', '-json', '-count=1', `-modfile=${goModules[version]}`, './...'];
    const command = { file: 'go', args, cwd: folder('go') };
    const env = { SDK: `Go ${version}` };
    const { code, stdout, stderr } = await withHuizhi((HUIZHI) => run({ ...command, env: { ...env, HUIZHI } }));
    const outcomes = fromGo(stdout);
    if (outcomes.length === 0) throw new Error(`go ${args.join(' ')} ended with ${code}\n${stdout}${stderr}`);
    return outcomes;
  },
  nameOf: (id) => id.replaceAll(' ', '_'),
};

const nodeTests: Readonly<Record<string, string>> = { '2.2.27': 'newest.test.ts', '2.1.75': 'older.test.ts' };

const node: Language = {
  name: 'Node',
  versions: Object.keys(nodeTests),
  modes: [''],
  missing: async () => undefined,
  // Its test files start their own, because the main test run includes them unchanged.
  play(version) {
    const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
    const report = reportFile(`node-${version}`);
    const args = [vitest, 'run', `test/sdk/node/${nodeTests[version]}`, '--reporter=junit', `--outputFile=${report}`];
    return runTests({ file: process.execPath, args, cwd: folder('../..') }, report);
  },
  nameOf: (id, _, version) => `@alicloud/dingtalk ${version} > ${id}`,
};

export const languages: readonly Language[] = [node, python, java, go];

async function withHuizhi<T>(use: (endpoint: string) => Promise<T>): Promise<T> {
  const huizhi = await startHuizhi();
  try {
    return await use(huizhi.endpoint);
  } finally {
    await huizhi.stop();
  }
}

const reportFile = (name: string) => join(tmpdir(), `huizhi-sdk-${name}-${process.pid}.xml`);

/** Runs the tests and reads their report; a run without one has failed before its first test. */
async function runTests(command: Command, report: string): Promise<readonly Outcome[]> {
  await rm(report, { force: true });
  const { code, stdout, stderr } = await run(command);
  if (!existsSync(report)) throw new Error(`${command.file} ended with ${code}\n${stdout}${stderr}`);
  return fromJunit(await readFile(report, 'utf8'));
}
