import { expect, test } from 'vitest';
import { errors } from '../errors.ts';
import * as emulator from './emulator.ts';

test('the clock needs exactly one of advance, set and freeze', () => {
  const takes = (body: object) => emulator.clockBody.safeParse(body).success;
  expect(emulator.clockBody.parse({ advance: '25h' })).toEqual({ advance: 90_000_000 });
  expect(emulator.clockBody.parse({ set: 1778481600000 })).toEqual({ set: 1778481600000 });
  expect(emulator.clockBody.parse({ freeze: false })).toEqual({ freeze: false });
  expect(
    [
      {},
      { advance: '1s', set: 1 },
      { set: -1 },
      { set: 1.5 },
      { advance: '-1s' },
      { freeze: 1 },
      { set: 1, note: 'x' },
    ].some(takes),
  ).toBe(false);
});

test('a single reader is a list of one', () => {
  expect(emulator.readersBody.parse({ userId: '*', after: '90s', probability: 0.8 })).toEqual({
    readers: [{ userId: '*', after: 90_000, probability: 0.8, manner: 'seen' }],
  });
});

test('a reader reads immediately and always by default', () => {
  expect(emulator.readersBody.parse({ readers: [{ userId: 'user001' }] })).toEqual({
    readers: [{ userId: 'user001', after: 0, probability: 1, manner: 'seen' }],
  });
});

test('a probability outside 0 and 1 is refused', () => {
  for (const probability of [-0.1, 1.1, '1']) {
    expect(emulator.readersBody.safeParse({ userId: '*', after: '1s', probability }).success).toBe(false);
  }
});

test('a delay is required in mode delay, and refused in other modes', () => {
  const takes = (body: object) => emulator.deliveryBody.safeParse(body).success;
  expect(emulator.deliveryBody.parse({ mode: 'delay', delay: '5s' })).toEqual({ mode: 'delay', delay: 5000 });
  expect(['instant', 'hold', 'timeout'].every((mode) => takes({ mode }))).toBe(true);
  expect([{ mode: 'delay' }, { mode: 'hold', delay: '5s' }, { mode: 'never' }, {}].some(takes)).toBe(false);
});

test('a fault has at least one effect, and not both an error and a drop', () => {
  const takes = (rule: object) => emulator.faultsBody.safeParse({ rules: [rule] }).success;
  const good = [{ error: 'system.error' }, { latency: '1s' }, { drop: true }, { latency: '1s', error: 'system.error' }];
  expect(good.every(takes)).toBe(true);
  const bad = [
    {},
    { path: '/gettoken' },
    { error: 'no.such.code' },
    { drop: false },
    { error: 'system.error', drop: true },
  ];
  expect(bad.some(takes)).toBe(false);
  expect([{ nth: 0 }, { times: -1 }, { method: 'get' }].some((rule) => takes({ ...rule, drop: true }))).toBe(false);
});

test('a fault can return every code of the table', () => {
  const rules = Object.keys(errors).map((error) => ({ error }));
  expect(emulator.faultsBody.parse({ rules })).toEqual({ rules });
});

test('an empty list of faults is valid', () => {
  expect(emulator.faultsBody.parse({ rules: [] })).toEqual({ rules: [] });
});

test('a template is identified by a msgKey of the catalogue', () => {
  const body = { robotCode: 'r', msgKey: 'sampleText', state: 'stopped' };
  expect(emulator.templateBody.parse(body)).toEqual(body);
  expect(emulator.templateBody.safeParse({ ...body, msgKey: 'sampleNothing' }).success).toBe(false);
});

test('a snapshot is parsed unchanged', () => {
  const state = { version: 3, clock: { now: 1 }, tables: { users: [[1, 'x']] } };
  expect(emulator.snapshot.parse(state)).toEqual(state);
});
