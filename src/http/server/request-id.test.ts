import { validate, version } from 'uuid';
import { expect, test } from 'vitest';
import { createRequestId } from './request-id.ts';
import { createSeededRequestIds } from './seeded-request-ids.ts';

test('a request id is an upper-case UUIDv7 that contains the current time, and is unique', () => {
  const before = Date.now();
  const ids = Array.from({ length: 2000 }, createRequestId);
  const after = Date.now();
  expect(new Set(ids).size).toBe(2000);
  for (const id of ids) {
    expect(id).toMatch(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
    expect([validate(id.toLowerCase()), version(id.toLowerCase())]).toEqual([true, 7]);
    const time = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(after);
  }
});

test('seeded request ids repeat after a restart', () => {
  const { next, restart } = createSeededRequestIds('seed', () => 1_767_603_600_000);
  const first = [next(), next()];
  expect(first).toEqual(['019B8D62-7A80-7', '019B8D62-7A80-7'].map((start) => expect.stringContaining(start)));
  restart();
  expect([next(), next()]).toEqual(first);
  expect(new Set(first).size).toBe(2);
});
