import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fillIn, findSpecial, parsePrograms, type Values } from '../../web/console/pages/connect/programs.ts';
import { fileServer } from '../conformance/support/harness.ts';
import { pageText, root } from '../support/pages.ts';
import { run } from './command.ts';

const server = await fileServer();
const programs = parsePrograms(pageText('docs/how-to/point-your-sdk.md'));
const codeOf = (language: string) => programs.find(({ name }) => name === language)?.code ?? '';

/** The values with which the programs are written, for one recipient. */
const demo: Values = {
  host: '127.0.0.1:8720',
  isSecure: false,
  appKey: 'dingappinternal',
  appSecret: 's3cret-internal',
  robotCode: 'dingzxcifuvdfbvegdf',
  userId: 'user001',
};
const here: Values = {
  host: new URL(server.url).host,
  isSecure: false,
  appKey: 'app-next',
  appSecret: 'secret-of-app-next',
  robotCode: 'robot-next',
  userId: 'carol',
};

/** A folder with the packages of this repository, and the command `huizhi` where npx finds it. */
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'huizhi-connect-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  mkdirSync(join(made, 'node_modules', '.bin'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules')).filter((name) => !name.startsWith('.')))
    symlinkSync(join(root, 'node_modules', name), join(made, 'node_modules', name));
  symlinkSync(join(root, 'dist', 'cli', 'main.js'), join(made, 'node_modules', '.bin', 'huizhi'));
  writeFileSync(join(made, 'package.json'), '{"name":"connect","private":true,"type":"module"}');
  return made;
}

const env = { PATH: [join(root, 'node_modules', 'node', 'bin'), process.env.PATH].join(delimiter) };

test('the console shows the programs of the documentation, each with its commands', () => {
  expect(programs.map(({ name }) => name)).toEqual([
    ...['Python', 'Java', 'Go', 'TypeScript', 'PHP', 'C#', 'C++', 'curl', 'huizhi run'],
  ]);
  const commands = Object.fromEntries(programs.map((program) => [program.name, program.commands]));
  expect(commands.Python).toEqual(['pip install alibabacloud-dingtalk', 'python read_status.py']);
  expect(commands['C++']).toEqual(['c++ -std=c++17 read_status.cpp -lcurl']);
  expect(commands.curl).toEqual([]);
});

test('with the demo data the programs are those that the tests of the SDKs run, for one recipient', () => {
  for (const { name, code } of programs) {
    const filled = fillIn(code, demo);
    const asWritten = code.replace(/(["'])user001\1, ?\1user002\1/g, '$1user001$1');
    expect([name, filled]).toEqual([name, asWritten]);
    expect([name, asWritten === code]).toEqual([name, false]);
  }
});

test('no value of the demo data is left in a filled program', () => {
  const values = { ...here, host: 'notify.example:9443', isSecure: true };
  for (const { name, code } of programs) {
    const filled = fillIn(code, values);
    expect([
      name,
      filled.match(/dingapp\w+|s3cret|dingzx\w+|user00\d|127\.0\.0\.1|8720|http:\/\/|["']http["']/),
    ]).toEqual([name, null]);
    for (const value of [values.host, values.appKey, values.appSecret ?? '', values.robotCode, values.userId])
      expect([name, value, filled.includes(value)]).toEqual([name, value, true]);
  }
});

test('a missing secret, and a value that would need escapes, are left to the reader', () => {
  const values = { ...here, appSecret: null, userId: `x', 'y`, robotCode: '$(rm -rf /)' };
  expect(findSpecial(values)).toEqual(['robotCode', 'userId']);
  for (const { name, code } of programs) {
    const filled = fillIn(code, values);
    expect([name, /<appSecret>/.test(filled), /<robotCode>/.test(filled), /<userId>/.test(filled)]).toEqual([
      ...[name, true, true, true],
    ]);
    expect([name, /rm -rf|'y/.test(filled)]).toEqual([name, false]);
  }
  expect(findSpecial({ ...here, userId: '曲大岳 1', appSecret: 'a"b' })).toEqual(['appSecret']);
});

test('the programs for TypeScript and curl, and the one for huizhi run, send with other values', {
  timeout: 60_000,
}, async () => {
  const cwd = folder();
  writeFileSync(join(cwd, 'read-status.ts'), fillIn(codeOf('TypeScript'), here));
  const typescript = await run({ file: 'node', args: ['read-status.ts'], cwd, env });
  expect(typescript).toMatchObject({ code: 0 });
  expect(typescript.stdout).toMatch(/^processQueryKey \S+\ncarol UNREAD\n$/);
  const curl = await run({ file: 'bash', args: ['-euc', fillIn(codeOf('curl'), here)], cwd, env });
  expect(curl).toMatchObject({ code: 0 });
  expect(curl.stdout).toMatch(/^processQueryKey \S+\n.*"userId":"carol","readStatus":"UNREAD"/);
  const any = await run({ file: 'bash', args: ['-euc', fillIn(codeOf('huizhi run'), here)], cwd, env });
  expect(any).toMatchObject({ code: 0 });
  expect(any.stdout).toMatch(/^processQueryKey \S+\n$/);
});
