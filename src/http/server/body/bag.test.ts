import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createUnorderedList } from './bag.ts';

test('a bag has the items of a Set after any adds and removals', () => {
  const steps = fc.array(fc.nat({ max: 20 }), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (numbers) => {
      const items = Array.from({ length: 21 }, (_, number) => ({ number, slot: -1 }));
      const bag = createUnorderedList<(typeof items)[number]>();
      const reference = new Set<number>();
      for (const number of numbers) {
        const item = items[number];
        if (!item) continue;
        if (reference.has(number)) bag.remove(item);
        else bag.add(item);
        if (!reference.delete(number)) reference.add(number);
        expect(new Set(bag.items.map((one) => one.number))).toEqual(reference);
        expect(bag.items.every((one, slot) => one.slot === slot)).toBe(true);
      }
      expect(bag.items.length).toBe(reference.size);
    }),
  );
});

test('removing an item that is not in the bag changes nothing', () => {
  const [one, other] = [{ slot: -1 }, { slot: -1 }];
  const bag = createUnorderedList<{ slot: number }>();
  bag.add(one);
  bag.remove(other);
  expect(bag.items).toEqual([one]);
  bag.remove(one);
  bag.remove(one);
  expect([bag.items, one.slot]).toEqual([[], -1]);
});
