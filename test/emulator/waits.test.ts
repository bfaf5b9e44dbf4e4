import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../src/emulator/index.ts';
import { robotOf, startOne } from './support.ts';

describe('waiting', () => {
  test('for a message returns each one once, oldest first, whether it was sent before or arrives later', async () => {
    const huizhi = await startOne();
    const robot = await robotOf(huizhi, fetch);
    await robot.send('disk full on db-1', 'user001');
    await robot.send('all is well', 'user002');
    const later = huizhi.waitForMessage({ text: /db-2/ });
    const first = await huizhi.waitForMessage({ userId: 'user002' });
    expect(first).toMatchObject({ msgParam: { content: 'all is well' }, userIds: ['user002'], msgKey: 'sampleText' });
    const key = await robot.send('disk full on db-2', 'user001', 'nobody');
    expect(await later).toMatchObject({ processQueryKey: key, userIds: ['user001'] });
    expect((await huizhi.waitForMessage()).msgParam).toEqual({ content: 'disk full on db-1' });
    await expect(huizhi.waitForMessage({}, { timeout: '1ms' })).rejects.toThrow(/3 other messages were/);
  });

  test('for reads ends when all named recipients have read', async () => {
    const huizhi = await startOne({ socket: false, seed: 1 });
    const key = await (await robotOf(huizhi)).send('hello', 'user001', 'user002');
    const one = huizhi.waitForRead(key, ['user001']);
    const all = huizhi.waitForRead(key);
    await huizhi.read(key, ['user001']);
    const at = huizhi.clock.now();
    expect((await one).map(({ userId, readAt }) => [userId, readAt])).toEqual([
      ['user001', at],
      ['user002', null],
    ]);
    await expect(huizhi.waitForRead(key, undefined, { timeout: 1 })).rejects.toThrow('not read by user002 within 1 ms');
    await huizhi.read(key);
    expect(await all).toHaveLength(2);
    await expect(huizhi.waitForRead(key, ['user003'])).rejects.toMatchObject({ code: 'huizhi.notFound' });
  });

  test('for reads does not wait for a person who has left', async () => {
    const huizhi = await startOne({ socket: false, seed: 1 });
    const key = await (await robotOf(huizhi)).send('hello', 'user001', 'user002');
    await huizhi.read(key, ['user001']);
    const all = huizhi.waitForRead(key);
    const remove = { method: 'DELETE', headers: { authorization: `Bearer ${huizhi.adminToken}` } };
    const path = `/console/v1/users/user002?corpId=${huizhi.corpId}`;
    expect((await huizhi.fetch(path, remove)).status).toBe(200);
    expect((await all).map(({ userId, readAt }) => [userId, readAt !== null])).toEqual([
      ['user001', true],
      ['user002', false],
    ]);
  });

  test.each(['soon', -1, Number.NaN, '60d'])('does not take %s for a timeout', async (timeout) => {
    const huizhi = await startOne({ socket: false });
    await expect(huizhi.waitForMessage({}, { timeout })).rejects.toThrow('timeout must be a duration such as 5s');
  });

  test('ends when the emulator is closed, or when its signal aborts', async () => {
    const huizhi = await startEmulator({ socket: false });
    const giving = new AbortController();
    const given = huizhi.waitForMessage({}, { signal: giving.signal });
    giving.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    const waiting = huizhi.waitForMessage();
    await Promise.all([expect(waiting).rejects.toMatchObject({ code: 'huizhi.closed' }), huizhi.close()]);
  });
});
