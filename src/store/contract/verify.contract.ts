import { describe, expect, test } from 'vitest';
import { queryRows, sql } from '../engine/sql.ts';
import { partBytes } from '../media.ts';
import { findDumpProblem } from '../move/check-dump.ts';
import { verifyDatabase } from '../verify/verify.ts';
import { fill } from './snapshot.contract.ts';
import { type Open, opened, start, type World, world } from './world.contract.ts';

/** The message kinds of the test data. */
const kinds = new Set([1, 2, 101, 102]);

async function findingsOf({ store }: World): Promise<readonly string[]> {
  const findings = await verifyDatabase(store.driver, { kinds: await kindsOf(store), onProgress() {} });
  return findings.map(({ check, state, found }) => `${state} ${check}: ${found}`);
}

const selectKinds = sql<[kind: number]>('contract_kinds', 'select distinct kind from messages');

async function kindsOf({ driver }: World['store']): Promise<ReadonlySet<number>> {
  return new Set([...kinds, ...(await driver.rows(selectKinds)).map(([kind]) => kind)]);
}

/** A change that breaks one invariant, and the finding about it. */
const damages: readonly (readonly [change: string, finding: string])[] = [
  [`update messages set state = 7 where state = 2`, 'rows: messages: state is not a value of this column'],
  [`update events set message_id = 0 where event = 0`, 'rows: events: message_id does not fit the event'],
  [
    `update messages set recipients = '987654' where recipients <> ''`,
    'references: messages: recipients refers to nothing',
  ],
  [`update robots set app_id = 987654`, 'references: robots: app_id refers to nothing'],
  [`delete from organizations`, 'references: users: corp_id refers to no organization'],
  [`update app_scopes set department_id = 987654`, 'references: app_scopes: department_id refers to nothing'],
  [
    `update inbox set read_at = read_at + 1 where event = 0`,
    'receipts: inbox: read_at differs from the receipt of the message',
  ],
  [`update inbox set position = 9 where event = 0`, 'receipts: inbox: the user is not a recipient of the message'],
  [
    `update messages set reads = '       1' where reads <> ''`,
    'receipts: messages: reads has not one slot for each recipient',
  ],
  [`update messages set delivered_at = null`, 'receipts: messages: is delivered at no time'],
  [`update messages set recalled_at = sent_at`, 'receipts: contents: the message was recalled, but its text is there'],
  [`update counters set next = 1 where name = 'user'`, 'sequences: counters: user is not beyond the numbers in users'],
  [
    `update counters set next = 1 where name = 'events'`,
    'sequences: counters: events is not beyond the numbers in events',
  ],
  [`delete from streams`, 'sequences: inbox: seq is beyond the end of its stream'],
  [`update users set placed = null`, 'departments: users: placed does not say whether there are memberships'],
  [
    `update departments set parent_id = id`,
    'departments: departments[0]: parent_id does not lead to the root department',
  ],
  [`update media set size = size + 1`, 'media: media: the parts are not its bytes'],
  [`update media_usage set bytes = bytes + 1`, 'media: media_usage: bytes is not the size of the files'],
  [`delete from media`, 'media: media_parts: the file is missing'],
];

/** What the first step of a removal does: it hides the file, and deletes its first four parts. */
const removalSteps = [
  `update media set state = 2 where corp_id = $1 and id = $2`,
  `delete from media_parts where corp_id = $1 and media_id = $2 and part < 4`,
  `update media_usage set bytes = bytes - ${4 * partBytes} where corp_id = $1`,
];

/** Stores a file of six parts, and removes it halfway. */
async function removeHalfway({ store, corpId }: World): Promise<void> {
  const file = { corpId, id: await store.number('media'), code: '@removed0123456789abcdef' };
  const facts = { type: 'file', name: 'a.bin', mime: 'application/octet-stream', createdAt: start } as const;
  const parts = Array.from({ length: 6 }, (_, part) => ({ part, data: Buffer.alloc(partBytes, part) }));
  expect(await store.media.complete(file, parts, facts, 10 * partBytes)).toBe('stored');
  for (const text of removalSteps) {
    const params = text.includes('$2') ? [corpId, file.id] : [corpId];
    await store.driver.write(() => queryRows(sql(`removal ${text}`, text), ...params));
  }
}

export function describeVerify(open: Open): void {
  describe('verification', () => {
    test('finds nothing wrong in a database with rows in every table', async () => {
      const scene = await world((await opened(open)).store);
      await fill(scene);
      const findings = await findingsOf(scene);
      expect(findings.filter((finding) => !finding.startsWith('ok '))).toEqual([]);
      expect(findings.length).toBeGreaterThan(6);
    });

    test('finds nothing wrong in a database that was migrated, before a server has given users their unionIds', async () => {
      const scene = await world((await opened(open)).store);
      await scene.store.driver.write(() => queryRows(sql('lose_union_ids', 'update users set union_id = null')));
      expect((await findingsOf(scene)).filter((finding) => finding.includes('union_id'))).toHaveLength(1);
      await scene.store.putSetting('unionIds', '0 0');
      expect((await findingsOf(scene)).filter((finding) => !finding.startsWith('ok '))).toEqual([]);
    });

    test('finds nothing wrong while a file is being removed, and a wrong usage then', async () => {
      const scene = await world((await opened(open)).store);
      await fill(scene);
      await removeHalfway(scene);
      expect((await findingsOf(scene)).filter((finding) => !finding.startsWith('ok '))).toEqual([]);
      expect(findDumpProblem(await scene.store.dump(), await kindsOf(scene.store))).toBeUndefined();
      await scene.store.driver.write(() => queryRows(sql('damage', 'update media_usage set bytes = bytes + 1')));
      expect((await findingsOf(scene)).filter((finding) => !finding.startsWith('ok '))).toEqual([
        expect.stringContaining('media_usage: bytes is not the size of the files'),
      ]);
    });

    test.each(damages)('after %s finds it', async (change, finding) => {
      const scene = await world((await opened(open)).store);
      await fill(scene);
      await scene.store.driver.write(() => queryRows(sql(`damage ${change}`, change)));
      const findings = await findingsOf(scene);
      expect(findings.filter((found) => found.startsWith(`wrong ${finding}`))).toHaveLength(1);
    });
  });
}
