import { expect, test } from 'vitest';
import { createSplitter, createTransactionWatch } from './wire.ts';

function message(type: string, body: string): Buffer {
  const bytes = Buffer.alloc(5 + body.length);
  bytes.write(type);
  bytes.writeInt32BE(4 + body.length, 1);
  bytes.write(body, 5);
  return bytes;
}

const done = (tag: string) => message('C', `${tag}\0`);
const ready = (state: string) => message('Z', state);

test('messages of the server are complete, however the network splits them', () => {
  const all = [done('BEGIN'), ready('T'), message('D', 'x'.repeat(300)), done('COMMIT'), ready('I')];
  const bytes = Buffer.concat(all);
  for (const size of [1, 2, 3, 7, 64, bytes.length]) {
    const split = createSplitter();
    const messages: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += size) messages.push(...split(bytes.subarray(at, at + size)));
    expect(messages).toEqual(all);
  }
});

test('a commit ends a transaction, or a write outside of one', () => {
  const isCommit = createTransactionWatch();
  const commits = (...messages: Buffer[]) => messages.map(isCommit);
  expect(commits(done('SELECT 1'), ready('I'))).toEqual([false, false]);
  expect(commits(done('BEGIN'), done('INSERT 0 1'), ready('T'), done('UPDATE 2'), done('COMMIT'))).toEqual([
    ...[false, false, false, false, true],
  ]);
  expect(commits(ready('I'), done('UPDATE 1'), ready('I'))).toEqual([false, true, false]);
  expect(commits(done('BEGIN'), done('DELETE 1'), done('ROLLBACK'), ready('I'))).toEqual([false, false, false, false]);
});
