/** The built client and emulator in Bun and Deno. The commands and the server run on Node alone. */
import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { fileServer } from '../conformance/support/harness.ts';
import { credentialsFor, folder } from '../support/command.ts';
import { fetchBun, fetchDeno, type OtherNode } from '../support/other-node.ts';
import { pageText, root } from '../support/pages.ts';

const run = promisify(execFile);

// The first test of a runtime fetches it.
vi.setConfig({ testTimeout: 180_000 });

const server = await fileServer();

/** COMPATIBILITY.md names these versions. */
const versions = { Bun: '1.4.5', Deno: '2.9.6' };

/** A client of a server, by the environment. */
const client = `
  import { createClient } from 'huizhi/client';
  const { HUIZHI_ENDPOINT: endpoint, HUIZHI_APP_KEY: appKey, HUIZHI_APP_SECRET: appSecret, HUIZHI_ROBOT: robotCode } = process.env;
  const client = createClient({ endpoint, appKey, appSecret, robotCode });
  const { keys, invalid } = await client.send({ to: ['alice', 'somebody'], text: 'hello' });
  const { status, recipients } = await client.readStatus(keys[0]);
  const { recalled } = await client.recall(keys);
  const wrong = createClient({ endpoint, appKey, appSecret: 'wrong', robotCode, retries: 0 });
  const code = await wrong.readStatus(keys[0]).catch((error) => error.code);
  console.log(JSON.stringify({ invalid, status, recipients, recalled: recalled.length, code }));`;

const seenByClient = {
  invalid: ['somebody'],
  status: 'SUCCESS',
  recipients: [{ userId: 'alice', name: 'Name of alice', read: false }],
  recalled: 1,
  code: 'invalidClientIdOrSecret',
};

/** An emulator with and without a socket: a group, a reader, the clock, a snapshot, a fault. */
const emulator = `
  import { createClient } from 'huizhi/client';
  import { startEmulator } from 'huizhi/emulator';
  for (const socket of [false, true]) {
    const huizhi = await startEmulator({ seed: 1, socket });
    const { url: endpoint, credentials, robotCode, fetch, clock } = huizhi;
    const client = createClient({ endpoint, ...credentials, robotCode, retries: 0, ...(!socket && { fetch }) });
    const { keys } = await client.send({ to: ['user001', 'user002'], text: 'hello' });
    await huizhi.read(keys[0], ['user001']);
    const { recipients } = await client.readStatus(keys[0]);
    const group = await huizhi.createGroup({ members: ['user001', 'user002'] });
    const { processQueryKey } = await client.sendToGroup({ openConversationId: group.openConversationId, text: 'hello' });
    await clock.advance('25h');
    const code = await client.readStatus(keys[0]).catch((error) => error.code);
    console.log(JSON.stringify({ read: recipients.map(({ read }) => read), group: processQueryKey.length, code }));
    await huizhi.close();
  }`;

const seenByEmulator = { read: [true, false], group: 44, code: 'processQueryKey.expireTime' };

/** Runs a program in a project that has the package, and returns the lines that it prints. */
async function linesOf(program: string, args: readonly string[], text: string): Promise<readonly unknown[]> {
  const cwd = folder();
  mkdirSync(join(cwd, 'node_modules'));
  symlinkSync(root, join(cwd, 'node_modules', 'huizhi'));
  writeFileSync(join(cwd, 'package.json'), '{ "private": true, "type": "module", "dependencies": { "huizhi": "*" } }');
  writeFileSync(join(cwd, 'program.mjs'), text);
  const env = { PATH: process.env.PATH ?? '', HOME: cwd, ...credentialsFor(server.url) };
  const { stdout } = await run(program, [...args, 'program.mjs'], { cwd, env });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe.each([
  ['Bun', fetchBun, []],
  ['Deno', fetchDeno, ['run', '--allow-all', '--cached-only', '--node-modules-dir=manual']],
] as const)('in %s', (name, fetchIt, args) => {
  const found: { runtime?: Promise<OtherNode> } = {};
  const fetchOnce = () => (found.runtime ??= fetchIt(versions[name]));

  test('the client sends, queries, recalls and rejects with the codes of the API', async ({ skip }) => {
    const { program, missing } = await fetchOnce();
    skip(missing !== '', missing);
    expect(await linesOf(program, args, client)).toEqual([seenByClient]);
  });

  test('the emulator runs with and without a socket', async ({ skip }) => {
    const { program, missing } = await fetchOnce();
    skip(missing !== '', missing);
    expect(await linesOf(program, args, emulator)).toEqual([seenByEmulator, seenByEmulator]);
  });

  test('COMPATIBILITY.md names its version', () => {
    expect(pageText('COMPATIBILITY.md')).toContain(`${name} ${versions[name]}`);
  });
});
