/** The examples run as readers would run them, with the built package under its own name. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { blocksOf, pages, pageText, root } from '../support/pages.ts';

const run = promisify(execFile);
const folders = readdirSync(join(root, 'examples'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
const names = folders.map(({ name }) => name);

/** Child processes do not get the settings of this test runner. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_TEST|TEST$|DEV$)/.test(name)),
);

type Failure = { readonly code?: number; readonly stdout: string; readonly stderr: string };

function runTests(folder: string): Promise<Failure> {
  const cwd = join(root, 'examples', folder);
  const [file = ''] = readdirSync(cwd).filter((name) => name.endsWith('.test.ts'));
  const isVitest = readFileSync(join(cwd, file), 'utf8').includes("from 'vitest'");
  // The default of five seconds is not enough for the first emulator on a machine that does other work.
  const vitest = [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--testTimeout', '60000', '--root', cwd];
  const args = isVitest ? vitest : ['--test', file];
  return run(process.execPath, args, { cwd, env }).catch((error: Failure) => error);
}

test.each(names)('the tests of %s pass', { timeout: 120_000 }, async (folder) => {
  const { code = 0, stdout, stderr } = await runTests(folder);
  expect(code, stdout + stderr).toBe(0);
  expect(stripVTControlCharacters(stdout)).toMatch(/pass [1-9]|[1-9]\d* passed/);
});

test('every example is on the page that lists them', () => {
  const page = pageText('examples/README.md');
  expect(names.filter((name) => !page.includes(`[${name}](${name}/`))).toEqual([]);
  expect(names.length).toBeGreaterThan(3);
});

const sources = names.flatMap((name) => {
  const files = readdirSync(join(root, 'examples', name)).filter((file) => file.endsWith('.ts'));
  return files.map((file) => readFileSync(join(root, 'examples', name, file), 'utf8'));
});

const excerpts = pages
  .filter((path) => path.startsWith('docs/how-to/') && path !== 'docs/how-to/point-your-sdk.md')
  .flatMap((path) => blocksOf(pageText(path)).map((block) => ({ ...block, place: `${path}:${block.line}` })))
  .filter(({ language }) => language === 'ts');

test('the code on the pages about the examples is the code of the examples', () => {
  const lost = excerpts.filter(({ text }) => !sources.some((source) => source.includes(text)));
  expect(lost.map(({ place }) => place)).toEqual([]);
  expect(excerpts.length).toBeGreaterThan(8);
});
