/** Programs with the official Stream SDKs that cannot be told another host, unchanged, under the built `huizhi run`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DWClient, TOPIC_ROBOT } from 'dingtalk-stream';
import { expect, onTestFinished, test } from 'vitest';
import { startEmulator } from '../../../src/emulator/index.ts';
import { type Inside, insideServer } from '../../conformance/support/inside.ts';
import { appSecrets } from '../../conformance/support/setup.ts';
import { robotTopic } from '../../conformance/support/stream-client.ts';
import { folder } from '../../support/command.ts';
import { isLong } from '../../support/long.ts';
import { runOrThrow } from '../command.ts';
import { needs } from '../python-environment.ts';
import { streamSdks } from '../stream/clients.ts';

const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const cwd = fileURLToPath(new URL('.', import.meta.url));
const patience = { timeout: 60_000 };

const message = {
  type: 'CALLBACK',
  topic: robotTopic,
  data: JSON.stringify({ conversationType: '1', msgId: 'msg1', msgtype: 'text', text: { content: 'hello' } }),
} as const;

const credentials = ['app-one', appSecrets['app-one']];

function runAgainst({ url }: Inside, file: string, args: readonly string[]): ChildProcess {
  const words = [main, 'run', '--endpoint', url, '--', file, ...args];
  const [CLIENT_ID, CLIENT_SECRET] = credentials;
  const env = { ...process.env, CLIENT_ID, CLIENT_SECRET };
  const child = spawn(process.execPath, words, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill());
  return child;
}

/** The command of a bot with the SDK for Java, for which Maven fetches the SDK if it is missing. */
async function prepareJava(): Promise<readonly string[]> {
  const path = join(folder(), 'classpath.txt');
  const goal = ['--quiet', '--batch-mode', 'dependency:build-classpath', `-Dmdep.outputFile=${path}`];
  await runOrThrow({ file: 'mvn', args: goal, cwd });
  return ['java', '-cp', readFileSync(path, 'utf8'), 'Bot.java'];
}

type Bot = { readonly name: string; missing(): Promise<string | undefined>; prepare(): Promise<readonly string[]> };

const node = (sdk: string): Bot => ({
  name: sdk,
  missing: async () => undefined,
  prepare: async () => [process.execPath, 'bot.mjs', sdk],
});

const bots: readonly Bot[] = [
  node('dingtalk-stream'),
  ...(isLong ? [node('dingtalk-stream-older')] : []),
  {
    name: 'app-stream-client of Java',
    missing: () => needs('Maven', { file: 'mvn', args: ['--version'] }),
    prepare: prepareJava,
  },
  ...streamSdks
    .filter(({ name }) => isLong && !name.startsWith('Node'))
    .map(({ name, missing, prepare }) => ({
      name: `the SDK for ${name}`,
      missing,
      async prepare() {
        const { file, args } = await prepare();
        return ['env', `HUIZHI=https://api.dingtalk.com`, file, ...args];
      },
    })),
];

test.for(bots)(
  'a bot with $name connects and gets a message, unchanged',
  { timeout: 300_000 },
  async (bot, { skip }) => {
    const missing = await bot.missing();
    if (missing !== undefined && process.env.CI === 'true') throw new Error(missing);
    skip(missing !== undefined, missing ?? '');
    const server = await insideServer();
    const { hub, directory } = server.context;
    const app = directory.now.app('app-one') ?? { corpId: 0, id: 0 };
    const [file = '', ...args] = await bot.prepare();
    const child = runAgainst(server, file, [...args, ...credentials]);
    const output = { stdout: '', stderr: '' };
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (output.stdout += chunk));
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (output.stderr += chunk));
    const isConnected = () => hub.isListening(app, 'CALLBACK', robotTopic) || output.stderr;
    await expect.poll(isConnected, patience).toBe(true);
    expect(await hub.push(app, message, { deadlineMs: 20_000 })).toMatchObject({ outcome: 'answered', code: 200 });
    await expect.poll(() => output.stdout, patience).toContain('hello');
    const ended = once(child, 'close');
    child.kill('SIGTERM');
    await ended;
  },
);

test('a bot in the test’s process connects to an emulator with intercept: true', async () => {
  const huizhi = await startEmulator({ intercept: true });
  onTestFinished(() => huizhi.close());
  const { appKey: clientId, appSecret: clientSecret } = huizhi.credentials;
  const client = new DWClient({ clientId, clientSecret });
  onTestFinished(() => client.disconnect());
  client.registerCallbackListener(TOPIC_ROBOT, () => {});
  await client.connect();
  await expect.poll(() => client.connected, patience).toBe(true);
  const calls = (await huizhi.requests()).map(({ path, status }) => `${path} ${status}`);
  expect(calls).toContain('/v1.0/gateway/connections/open 200');
});
