import { expect, test } from 'vitest';
import { sqlAmong } from '../partitions.ts';
import { toParameters } from './postgres-query.ts';

const statement = sqlAmong<[id: number]>(
  'some',
  'select id from messages{day $2} where corp_id = $1 and id {among $2}',
).one;

test('a list becomes an array literal, padded with spaces so that it is sent at once', () => {
  for (const list of ['', '7', '7,8,9', Array.from({ length: 500 }, (_, i) => i).join(',')]) {
    const [corpId, text] = toParameters(statement, [1, list]);
    expect([corpId, `${text}`.trimEnd()]).toEqual([1, `{${list}}`]);
    expect(`${text}`.length).toBeGreaterThanOrEqual(1024);
  }
});
