import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from 'huizhi/client';
import { demoSetup, type Setup, startEmulator } from 'huizhi/emulator';
import { missingFrom, sendNotice, toCsv } from './notice.ts';

/** The demo's app and robot, in an organization of a thousand people. */
function company(size: number): Setup {
  const users = Array.from({ length: size }, (_, i) => ({ userId: `staff${i + 1}`, name: `员工 ${i + 1}` }));
  const [first, ...others] = demoSetup.organizations;
  assert.ok(first);
  return { ...demoSetup, organizations: [{ ...first, users, groups: [] }, ...others] };
}

test('of a thousand people those who have not read are in the list, and those who could not', async (t) => {
  const huizhi = await startEmulator({ setup: company(1000), seed: 'notice', socket: false });
  t.after(() => huizhi.close());
  const client = createClient({
    ...huizhi.credentials,
    endpoint: huizhi.url,
    robotCode: huizhi.robotCode,
    fetch: huizhi.fetch,
  });
  // The first rule that fits decides: two people never look, everybody else does after three hours.
  await huizhi.readers([
    { userId: 'staff17', probability: 0 },
    { userId: 'staff512', probability: 0 },
    { userId: '*', after: '3h' },
  ]);

  const everybody = [...huizhi.userIds, 'left-last-week'];
  const notice = await sendNotice(client, everybody, '信息安全须知', '请在今天之内阅读。');
  assert.equal((await missingFrom(client, notice)).length, 1001);

  await huizhi.clock.advance('20h');
  const csv = toCsv(await missingFrom(client, notice));
  assert.deepEqual(csv.split('\r\n'), [
    '\uFEFFuserId,name,reason',
    'staff17,员工 17,not read',
    'staff512,员工 512,not read',
    'left-last-week,,no such user',
    '',
  ]);
});
