import { expect, test } from 'vitest';
import { z } from 'zod';
import type { WireError } from './errors.ts';
import { cleanText, duration, parseValue, queryBoolean, queryInteger } from './schema.ts';
import { isCleanText } from './text.ts';

/** Returns the message of the error, or undefined if the value is valid. */
function refusal(schema: z.ZodType, value: unknown): string | undefined {
  try {
    parseValue(schema, value);
    return undefined;
  } catch (error) {
    expect((error as WireError).code).toBe('huizhi.badRequest');
    return (error as WireError).text;
  }
}

test('a text is clean if it has no NUL and no lone surrogate', () => {
  expect(['', 'abc', '曲大岳', '😀', '\u0001'].every(isCleanText)).toBe(true);
  expect(['\0', 'a\0b', '\ud83d', '\ude00', '\ude00\ud83d'].some(isCleanText)).toBe(false);
});

test('the error names a field that cannot be stored or is too long', () => {
  const schema = z.object({ name: cleanText(3) });
  expect(refusal(schema, { name: 'abc' })).toBeUndefined();
  expect(refusal(schema, { name: 'a\0' })).toContain('name: ');
  expect(refusal(schema, { name: 'abcd' })).toContain('name: ');
});

test('unknown fields are ignored', () => {
  expect(parseValue(z.object({ a: z.string() }), { a: 'x', b: 1 })).toEqual({ a: 'x' });
});

test('a body that is not an object is refused as a whole', () => {
  expect(refusal(z.object({ a: z.string() }), null)).toContain('the body: ');
});

test('the error names a field in a list with its index', () => {
  expect(
    refusal(z.object({ rules: z.array(z.object({ nth: z.int() })) }), { rules: [{ nth: 1 }, { nth: 'x' }] }),
  ).toContain('rules.1.nth: ');
});

test('for a union, the error is that of the closest variant', () => {
  const schema = z.union([z.object({ list: z.array(z.int()) }), z.object({ one: z.int() })]);
  expect(refusal(schema, { list: [1, 'x'] })).toContain('list.1: ');
});

test('a duration parses to milliseconds, and other texts are refused', () => {
  expect(duration().parse('25h')).toBe(90_000_000);
  for (const garbage of ['-5s', 'soon', '', 90, null, '999999999999999d']) {
    expect(duration().safeParse(garbage).success).toBe(false);
  }
});

test('a number in a query has digits only, and is within its bounds', () => {
  const schema = queryInteger(1, 100);
  expect(schema.parse('1')).toBe(1);
  expect(schema.parse('100')).toBe(100);
  for (const bad of ['0', '101', '-1', '1.5', '1e1', '0x1', ' 1', '', '9'.repeat(40)]) {
    expect(schema.safeParse(bad).success, bad).toBe(false);
  }
});

test('a boolean in a query is true, false, 1 or 0', () => {
  expect(['true', '1', 'false', '0'].map((text) => queryBoolean().parse(text))).toEqual([true, true, false, false]);
  for (const bad of ['', 'TRUE', 'yes', '2']) expect(queryBoolean().safeParse(bad).success).toBe(false);
});
