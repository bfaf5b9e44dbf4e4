import { expect, onTestFinished, test } from 'vitest';
import { fill } from '../contract/snapshot.contract.ts';
import { world } from '../contract/world.contract.ts';
import { queryRows, sql } from '../engine/sql.ts';
import { columnsOf } from '../move/dump.ts';
import { copiedTables } from '../move/tables.ts';
import { openStore } from '../open.ts';
import type { Store } from '../store.ts';
import { createReferenceCheck } from './references.ts';

/** Checks each table as one page, with a cache that is full after two numbers. */
async function findProblems({ driver }: Store): Promise<readonly string[]> {
  const check = createReferenceCheck(2);
  const found: string[] = [];
  for (const { name, page, first } of copiedTables) {
    const problems = await driver.snapshot(function* () {
      return yield* check(name, columnsOf(name) ?? [], yield* queryRows(page, ...first));
    });
    found.push(...problems.map(({ table, wrong }) => `${table}: ${wrong}`));
  }
  return found;
}

test('rows that refer to more numbers than the cache holds are not reported, and those to nothing are', async () => {
  const store = await openStore(':memory:');
  onTestFinished(() => store.close());
  const scene = await world(store);
  await fill(scene);
  for (const user of ['ann', 'bob', 'cho', 'eve']) await scene.arrive({ userCodes: [user, 'ann'] });
  await scene.arrive({ ...scene.foreigner, userCodes: ['stranger'] });
  expect(await findProblems(store)).toEqual([]);
  await store.driver.write(() => queryRows(sql('damage', `delete from users where code = 'eve'`)));
  const problems = new Set(await findProblems(store));
  expect([...problems]).toEqual(expect.arrayContaining(['inbox: user_id refers to nothing']));
  expect(problems).toContain('messages: recipients refers to nothing');
});
