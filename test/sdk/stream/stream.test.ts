import { expect, test } from 'vitest';
import type { Push } from '../../../src/core/stream/hub.ts';
import { type Inside, insideServer } from '../../conformance/support/inside.ts';
import { appSecrets } from '../../conformance/support/setup.ts';
import { robotTopic } from '../../conformance/support/stream-client.ts';
import { world } from '../../conformance/support/world.ts';
import { isLong } from '../../support/long.ts';
import { olderStreamSdks, type StreamSdk, startProgram, streamSdks } from './clients.ts';

/** Milliseconds; the SDK for Python waits ten seconds before it connects again. */
const patience = { timeout: 60_000 };
const soon = { deadlineMs: 20_000 };

const message: Push = {
  type: 'CALLBACK',
  topic: robotTopic,
  data: JSON.stringify({
    ...{ conversationId: 'cid', conversationType: '1', msgId: 'msg1', msgtype: 'text', text: { content: '你好' } },
    ...{ senderNick: 'Alice', senderStaffId: 'alice', robotCode: 'robot-one', createAt: 1_700_000_000_000 },
    ...{ sessionWebhook: 'http://127.0.0.1/', sessionWebhookExpiredTime: 1_700_000_000_000, isInAtList: false },
  }),
};

const anEvent = (eventType: string): Push => ({
  type: 'EVENT',
  topic: '*',
  headers: { eventType, eventId: `id of ${eventType}`, eventCorpId: 'corp-one', eventBornTime: '1700000000000' },
  data: '{"openConversationId":"cid"}',
});

const appOf = ({ context }: Inside) => context.directory.now.app('app-one') ?? { corpId: 0, id: 0 };

async function isConnected(server: Inside): Promise<void> {
  await expect.poll(() => server.context.hub.isListening(appOf(server), 'CALLBACK', robotTopic), patience).toBe(true);
}

/** Pushes a message, which the program must acknowledge. */
async function exchange(server: Inside): Promise<void> {
  expect(await server.context.hub.push(appOf(server), message, soon)).toMatchObject({ outcome: 'answered', code: 200 });
}

async function start(sdk: StreamSdk, server: Inside) {
  const env = { HUIZHI: server.url, CLIENT_ID: 'app-one', CLIENT_SECRET: appSecrets['app-one'] };
  const program = await startProgram(sdk, env);
  await isConnected(server);
  return program;
}

/** Whether an answer to an event means success; the SDKs say it differently. */
const isSuccess = (outcome: { readonly code?: number; readonly data?: string }) =>
  outcome.code === 200 && !(outcome.data ?? '').includes('LATER');

test.for(isLong ? [...streamSdks, ...olderStreamSdks] : streamSdks)(
  '$name connects, receives and acknowledges, and connects again after a disconnect and to another process',
  { timeout: 300_000 },
  async (sdk, { skip }) => {
    const missing = await sdk.missing();
    if (missing !== undefined && process.env.CI === 'true') throw new Error(missing);
    skip(missing !== undefined, missing ?? '');
    const server = await insideServer({ streamLifetime: 3_600_000 });
    const { freeze, advance } = world(server);
    await freeze();
    const program = await start(sdk, server);
    await exchange(server);
    const [good, later] = [anEvent('good'), anEvent('later')];
    expect(await server.context.hub.push(appOf(server), good, soon)).toSatisfy(isSuccess);
    expect(await server.context.hub.push(appOf(server), later, soon)).not.toSatisfy(isSuccess);
    // The program prints what it gets beside its answers.
    await expect.poll(() => program.received.map(({ type }) => type)).toEqual(['CALLBACK', 'EVENT', 'EVENT']);
    expect(program.received[0]?.data).toMatchObject({ msgId: 'msg1', text: { content: '你好' } });
    await advance('1h');
    await isConnected(server);
    await exchange(server);
    await server.stop();
    const next = await insideServer({ port: server.port });
    await isConnected(next);
    await exchange(next);
    expect(program.received).toHaveLength(5);
  },
);
