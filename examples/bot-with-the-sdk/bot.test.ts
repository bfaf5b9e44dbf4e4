import { type Emulator, startEmulator } from 'huizhi/emulator';
import { expect, onTestFinished, test } from 'vitest';
import { createBot } from './bot.ts';

// The SDK brings its own HTTP, so the emulator listens on a port here: a free one, different for each test.
function botOf({ url, credentials, robotCode }: Emulator) {
  return createBot({ endpoint: new URL(url).host, protocol: 'http', ...credentials, robotCode });
}

test('says something, and knows when it was read', async () => {
  const huizhi = await startEmulator({ seed: 1 });
  onTestFinished(() => huizhi.close());
  const bot = botOf(huizhi);
  await bot.say('user001', 'good morning');
  const { processQueryKey, msgParam } = await huizhi.waitForMessage({ userId: 'user001' });
  expect(msgParam).toEqual({ content: 'good morning' });

  expect(await bot.hasRead(processQueryKey)).toBe(false);
  await huizhi.read(processQueryKey);
  expect(await bot.hasRead(processQueryKey)).toBe(true);
});

test('gets a new token when the old one has died over night', async () => {
  const huizhi = await startEmulator({ seed: 1 });
  onTestFinished(() => huizhi.close());
  const bot = botOf(huizhi);
  await bot.say('user001', 'good evening');
  await huizhi.clock.advance('9h');
  expect(await bot.say('user001', 'good morning')).toHaveProperty('key');
});

test('leaves a failure of the service to a person', async () => {
  const huizhi = await startEmulator({ seed: 1 });
  onTestFinished(() => huizhi.close());
  await huizhi.faults([{ path: '/v1.0/robot/*', error: 'system.error' }]);
  expect(await botOf(huizhi).say('user001', 'good morning')).toEqual({ failed: 'system.error' });
  expect((await huizhi.requests()).at(-1)).toMatchObject({ status: 500, error: { code: 'system.error' } });
});
