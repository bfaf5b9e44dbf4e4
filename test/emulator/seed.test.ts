import { describe, expect, test } from 'vitest';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts';
import { robotOf, startOne } from './support.ts';

/** Everything that a program could observe of an emulator, as bytes. */
async function traffic(options: EmulatorOptions): Promise<string> {
  await using huizhi = await startEmulator(options);
  const seen: string[] = [];
  const watched: Emulator['fetch'] = async (input, init) => {
    const answer = await (options.socket === false ? huizhi.fetch : fetch)(input as string, init);
    const text = await answer.clone().text();
    seen.push(JSON.stringify([answer.status, [...answer.headers], text]));
    return answer;
  };
  await huizhi.readers([{ userId: '*', after: '3m', probability: 0.5 }]);
  const robot = await robotOf(huizhi, watched);
  const keys: string[] = [];
  for (const n of [1, 2, 3]) keys.push(await robot.send(`message ${n}`, ...huizhi.userIds.slice(0, 20)));
  await huizhi.clock.advance('5m');
  for (const key of [...keys, 'forged']) await robot.readStatus(key);
  const body = JSON.stringify({ corpId: huizhi.corpId, userId: 'user001' });
  const headers = { 'content-type': 'application/json' };
  await watched(`${huizhi.url}/inbox/v1/sessions`, { method: 'POST', headers, body });
  const requests = options.socket === false ? await huizhi.requests() : [];
  return JSON.stringify([seen, requests, huizhi.adminToken, await huizhi.snapshot()]);
}

describe('a seed', () => {
  test.each([true, false])('makes every byte of two runs the same, with a socket: %s', async (socket) => {
    const first = await traffic({ seed: 'tuesday', socket });
    expect(await traffic({ seed: 'tuesday', socket })).toBe(first);
    expect(await traffic({ seed: 'wednesday', socket })).not.toBe(first);
  });

  test('makes a reset start exactly as the first start did', async () => {
    const huizhi = await startOne({ seed: 7, socket: false });
    const keyNow = async () => (await robotOf(huizhi)).send('hello', 'user001');
    const first = [await keyNow(), await huizhi.requests()];
    await huizhi.clock.advance('1h');
    await huizhi.reset();
    expect([await keyNow(), await huizhi.requests()]).toEqual(first);
  });

  test('is not set by default, and then every run differs', async () => {
    const [one, two] = [await startOne({ socket: false }), await startOne({ socket: false })];
    const keys = [await (await robotOf(one)).send('x', 'user001'), await (await robotOf(two)).send('x', 'user001')];
    expect(keys[0]).not.toBe(keys[1]);
  });
});
