/** The pages are correct: their commands are run here, and what they name exists. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { commands, listFlags, options } from '../../src/config/options.ts';
import { errors } from '../../src/wire/errors.ts';
import { type Block, blocksOf, brokenLinksOf, pages, pageText, proseOf, root } from '../support/pages.ts';

// A page starts servers and a shell.
vi.setConfig({ testTimeout: 60_000 });

const run = promisify(execFile);

/** Pages whose code blocks are all run and whose output is compared. */
const runnable = [
  'README.md',
  'README.zh.md',
  'docs/tutorial/first-receipt.md',
  ...[
    'administer',
    'cards',
    'client',
    'command-line',
    'ding',
    'emulator',
    'emulator-in-tests',
    'groups',
    'mcp',
    'move-to-postgresql',
    'run-any-program',
    'self-host',
    'send-from-the-console',
    'stream-bot',
    'upload-files',
    'webhooks',
    'work-notices',
  ].map((name) => `docs/how-to/${name}.md`),
];

/** Configuration of other programs, which cannot be run here. */
const foreign = ['caddyfile', 'ini'];

const outputs = ['json', 'text'];
const printedHost = /\b127\.0\.0\.1:8720\b/g;

/** A temporary folder in which this package and those it uses can be imported, with the command `huizhi` in `bin`. */
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'huizhi-page-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  for (const name of ['node_modules', 'bin']) mkdirSync(join(made, name));
  for (const name of readdirSync(join(root, 'node_modules')))
    symlinkSync(join(root, 'node_modules', name), join(made, 'node_modules', name));
  symlinkSync(root, join(made, 'node_modules', 'huizhi'));
  symlinkSync(main, join(made, 'bin', 'huizhi'));
  return made;
}

const main = join(root, 'dist', 'cli', 'main.js');

type Command = readonly [file: string, ...args: string[]];

const npmStart: Command = ['npm', 'start', '--silent', '--'];
/** What `npm start` runs; npm itself takes longer than many a page. */
const sameAsStart: Command = [process.execPath, main, 'dev'];

type Server = { readonly host: string; readonly adminToken: string };

/** Starts a huizhi that prints its facts as JSON; its process group is killed when the test ends. */
async function startHuizhi(file: string, args: readonly string[], cwd: string): Promise<Server> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(HUIZHI_|PORT$|DATABASE_URL$)/.test(name)),
  );
  const all = [...args, '--port', '0', '--json', '--log-level', 'warn'];
  const child = spawn(file, all, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => stopGroup(child));
  for await (const line of createInterface(child.stdout)) {
    const { url, adminToken } = JSON.parse(line) as { url: string; adminToken: string };
    return { host: new URL(url).host, adminToken };
  }
  throw new Error(`${file} ${all.join(' ')} ended with exit code ${child.exitCode} before it listened`);
}

async function stopGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  process.kill(-child.pid, 'SIGTERM');
  await closed;
}

/** A line that starts or tests the program itself, or that follows one. */
const isCommand = ({ language, text }: Block) => language === 'sh' && /^(npm|npx) /.test(text);

const placeholder = 'replace-this-by-a-long-random-text';

/** The role of a block in the shell that runs the page. */
function scriptOf({ language, text }: Block): string | undefined {
  if (language === 'sh') return text;
  return language === 'js' ? `node --input-type=module <<'END OF PROGRAM'\n${text}END OF PROGRAM\n` : undefined;
}

type Step = { readonly line: number; readonly script: string; readonly expected: string | undefined };

/**
 * Turns a page into steps: commands that start a server become a server, commands to paste become a script with the
 * address of that server, and the block of output after them is what the script has to print.
 */
async function stepsOf(
  asWritten: readonly Block[],
  cwd: string,
  [file, ...args]: Command,
): Promise<{ steps: Step[]; adminToken: string }> {
  // The pages tell the reader to replace the secret, without which the server does not start.
  const blocks = asWritten.map((block) => ({
    ...block,
    text: block.text.replaceAll(placeholder, 'f3b1c2a97d5e4806b1a7'),
  }));
  let server = await startHuizhi(file, args, root);
  const steps: Step[] = [];
  for (const [i, block] of blocks.entries()) {
    const script = isCommand(block) ? undefined : scriptOf(block)?.replaceAll(printedHost, server.host);
    const next = blocks[i + 1];
    const expected =
      next && outputs.includes(next.language) ? next.text.replaceAll(printedHost, server.host) : undefined;
    if (script !== undefined) steps.push({ line: block.line, script, expected });
    if (block.language !== 'yaml') continue;
    writeFileSync(join(cwd, 'huizhi.yaml'), block.text);
    server = await startHuizhi(process.execPath, [main, 'serve'], cwd);
  }
  return { steps, adminToken: server.adminToken };
}

const mark = '\u001e';

/** Runs the steps in one shell, as a reader would, and returns what each printed. */
async function printedBy(
  steps: readonly Step[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<string[]> {
  const file = join(cwd, 'page.sh');
  writeFileSync(file, steps.map(({ script }) => `printf '${mark}'\n${script}`).join('\n'));
  const path = [join(cwd, 'bin'), process.env.PATH].join(delimiter);
  const { stdout } = await run('bash', ['-eu', '-o', 'pipefail', file], {
    cwd,
    env: { ...process.env, ...env, PATH: path },
  });
  return stdout.split(mark).slice(1);
}

/** White space is ignored, and … matches what differs from run to run. */
function pattern(expected: string): RegExp {
  const [first = '', ...rest] = expected.replaceAll(/\s+/g, '').split('…');
  return new RegExp(
    `^${[first, ...rest].map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('[^"}]+')}$`,
  );
}

test.each(runnable)('%s says what happens when its blocks are pasted', async (path) => {
  const cwd = folder();
  const { steps, adminToken } = await stepsOf(
    blocksOf(pageText(path)),
    cwd,
    path === 'README.md' ? npmStart : sameAsStart,
  );
  const printed = await printedBy(steps, cwd, { ADMIN_TOKEN: adminToken });
  expect(printed).toHaveLength(steps.length);
  for (const [i, { line, expected }] of steps.entries()) {
    if (expected === undefined) continue;
    expect(printed[i]?.replaceAll(/\s+/g, ''), `${path}:${line}`).toMatch(pattern(expected));
  }
});

describe.each(runnable)('%s', (path) => {
  const blocks = blocksOf(pageText(path));

  test('has no block of code that is neither run nor the output of one', () => {
    const known = ['sh', 'js', 'yaml', ...outputs, ...foreign];
    expect(blocks.filter(({ language }) => !known.includes(language))).toEqual([]);
    const isRun = (block: Block | undefined) => block !== undefined && scriptOf(block) !== undefined;
    const loose = blocks.filter(({ language }, i) => outputs.includes(language) && !isRun(blocks[i - 1]));
    expect(loose).toEqual([]);
  });

  test('names commands that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
    const lines = blocks.filter(isCommand).flatMap(({ text }) => text.trim().split(/\n|&&/));
    for (const line of lines) {
      const [program, word = '', name = ''] = line.trim().split(/\s+/);
      if (program === 'npx') expect([word, commands]).toEqual(['huizhi', expect.arrayContaining([name])]);
      else if (!['ci', 'pack', 'init', 'install'].includes(word))
        expect(scripts).toHaveProperty(word === 'run' ? name : word);
    }
  });

  test('names options that exist', () => {
    const named = pageText(path).matchAll(/(?:huizhi|npm start --)[^\n`|]*? (--[a-z-]+)|^\| `(--[a-z-]+)`/gm);
    const flags = [...named].map(([, inLine, inTable]) => inLine ?? inTable);
    expect(flags.filter((flag) => !listFlags().includes(flag ?? ''))).toEqual([]);
  });
});

test.each(['README.md', 'README.zh.md'])('%s gives the options their real defaults', (path) => {
  const rows = [...pageText(path).matchAll(/^\| `(--[a-z-]+)` \| `([^`]+)` \|/gm)];
  expect(rows.length).toBeGreaterThan(5);
  for (const [, flag, preset] of rows) {
    const option = options.find((one) => one.flag === flag);
    expect(`${flag} ${option?.default ?? option?.unset}`).toContain(`${flag} ${preset}`);
  }
});

test.each(pages)('the code of %s has no syntax that the oldest supported Node lacks', (path) => {
  const code = blocksOf(pageText(path)).filter(({ language }) => ['js', 'ts'].includes(language));
  expect(code.filter(({ text }) => /^\s*(?:await )?using \w+ =/m.test(text))).toEqual([]);
});

test('both READMEs have the same code', () => {
  const code = (path: string) =>
    blocksOf(pageText(path)).map(({ language, text }) => language + text.replaceAll(/^\s*\/\/.*$/gm, ''));
  expect(code('README.zh.md')).toEqual(code('README.md'));
});

test('continuous integration runs the test command of the READMEs', () => {
  const script = readFileSync(join(root, '.ci', 'run'), 'utf8');
  const [, command] = script.split('export CI=true\n');
  for (const path of ['README.md', 'README.zh.md'])
    expect(blocksOf(pageText(path)).map(({ text }) => text)).toContain(command);
});

test.each(pages)('the links of %s lead somewhere', (path) => {
  expect(brokenLinksOf(path)).toEqual([]);
});

describe('ARCHITECTURE.md', () => {
  const page = pageText('ARCHITECTURE.md');
  const spans = [...proseOf(page).matchAll(/`([^`\n]+)`/g)].map(([, span]) => span ?? '');

  test('names files and folders that exist', () => {
    const paths = spans.filter((span) => /^[\w./-]+(?:\.(?:ts|md|json|ya?ml)|\/)$/.test(span));
    expect(paths.length).toBeGreaterThan(30);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test('names functions that exist', () => {
    const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    const sources = files.map((file) => readFileSync(join(root, 'src', file), 'utf8')).join('\n');
    const functions = spans.flatMap((span) => /^(?:\w+\.)?(\w+)\(\)$/.exec(span)?.[1] ?? []);
    expect(functions.length).toBeGreaterThan(10);
    expect(functions.filter((name) => !new RegExp(`\\b${name}\\b`).test(sources))).toEqual([]);
  });
});

test('COMPATIBILITY.md has every error of the vendor, and no code that is never returned', () => {
  const page = pageText('COMPATIBILITY.md');
  const [answered = '', notAnswered = ''] = page.split(/^## (?:Not supported|SDKs)$/m);
  const missing = Object.entries(errors).filter(([code]) => !answered.includes(`\`${code}\``));
  expect(missing.map(([code]) => code)).toEqual([]);
  expect(Object.keys(errors).filter((code) => notAnswered.includes(`\`${code}\``))).toEqual([]);
});
