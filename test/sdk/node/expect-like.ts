import assert from 'node:assert/strict';
import type { Json } from './sdk.ts';

/** Asserts that a value matches an expectation of the table. */
export function expectLike(actual: unknown, expected: Json, place = 'outcome'): void {
  const told = `${place}: ${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`;
  if (typeof expected !== 'object' || expected === null) {
    assert.equal(actual ?? null, expected, told);
  } else if ('$matches' in expected) {
    assert(typeof actual === 'string' && new RegExp(String(expected.$matches)).test(actual), told);
  } else {
    assert(typeof actual === 'object' && actual !== null, told);
    if (Array.isArray(expected)) assert(Array.isArray(actual) && actual.length === expected.length, told);
    for (const [key, each] of Object.entries(expected)) expectLike(Reflect.get(actual, key), each, `${place}.${key}`);
  }
}
