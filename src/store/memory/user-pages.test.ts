import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Person } from '../model.ts';
import { createPeopleCache } from './user-pages.ts';

const person = (id: number, name: string): Person => ({
  ...{ corpId: 1, id, code: `u${id}`, name },
  leftAt: null,
  text: undefined,
});

test('people are found as in a Map, until all are evicted', () => {
  const number = fc.oneof(fc.nat(10), fc.nat(5000), fc.nat(10_000_000));
  fc.assert(
    fc.property(fc.array(fc.tuple(number, fc.boolean())), (steps) => {
      const people = createPeopleCache(1000);
      const plain = new Map<number, Person>();
      for (const [step, [id, isSet]] of steps.entries()) {
        const one = person(id, `${step}`);
        if (isSet) for (const each of [people, { set: () => plain.set(id, one) }]) each.set(one);
        expect(people.get(id)).toBe(plain.get(id));
      }
      people.clear();
      for (const [id] of steps) expect(people.get(id)).toBeUndefined();
    }),
  );
});

test('when there are too many, all are evicted and the newest is cached', () => {
  const people = createPeopleCache(2);
  for (const id of [1, 2, 3]) people.set(person(id, 'N'));
  expect([1, 2, 3].map((id) => people.get(id)?.id)).toEqual([undefined, undefined, 3]);
});
