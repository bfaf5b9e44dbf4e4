import { type Emulator, startEmulator } from 'huizhi/emulator';
import { expect, onTestFinished, test } from 'vitest';
import { createBot } from './bot.ts';

const send = '/v1.0/robot/oToMessages/batchSend';

function botOf({ url, credentials, robotCode, fetch }: Emulator) {
  return createBot({ endpoint: url, ...credentials, robotCode, fetch, wait: async () => {} });
}

test('says something to a person', async () => {
  const huizhi = await startEmulator({ seed: 1, socket: false });
  onTestFinished(() => huizhi.close());
  const said = await botOf(huizhi).say('user001', 'good morning');
  const message = await huizhi.waitForMessage({ userId: 'user001', text: 'good morning' });
  expect(said).toEqual({ key: message.processQueryKey });
});

test('tries again when it was told to slow down', async () => {
  const huizhi = await startEmulator({ seed: 1, socket: false });
  onTestFinished(() => huizhi.close());
  await huizhi.faults([{ path: send, times: 2, error: 'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi' }]);
  expect(await botOf(huizhi).say('user001', 'good morning')).toHaveProperty('key');
  expect((await huizhi.requests()).map(({ status }) => status)).toEqual([200, 403, 403, 200]);
});

test('gets a new token when the old one has died over night', async () => {
  const huizhi = await startEmulator({ seed: 1, socket: false });
  onTestFinished(() => huizhi.close());
  const bot = botOf(huizhi);
  await bot.say('user001', 'good evening');
  await huizhi.clock.advance('9h');
  expect(await bot.say('user001', 'good morning')).toHaveProperty('key');
});

test('says nothing twice when an answer gets lost', async () => {
  const huizhi = await startEmulator({ seed: 1, socket: false });
  onTestFinished(() => huizhi.close());
  await huizhi.faults([{ path: send, drop: true }]);
  expect(await botOf(huizhi).say('user001', 'good morning')).toEqual({ failed: 'no answer' });
  const sends = (await huizhi.requests()).filter(({ path }) => path === send);
  expect(sends).toHaveLength(1);
});

test('does not go on about a person who is not there', async () => {
  const huizhi = await startEmulator({ seed: 1, socket: false });
  onTestFinished(() => huizhi.close());
  expect(await botOf(huizhi).say('nobody', 'good morning')).toEqual({ failed: 'staffId.notExisted' });
});
