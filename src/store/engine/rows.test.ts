import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitRows, splitValues } from './rows.ts';

test('values of rows in one list are split into the same chunks as the rows', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 1, max: 4 }), (count, width) => {
      const rows = Array.from({ length: count }, (_, row) => Array.from({ length: width }, (_, i) => row * width + i));
      const chunks = splitValues(rows.flat(), width);
      expect(chunks).toEqual(splitRows(rows).map((chunk) => ({ count: chunk.length, values: chunk.flat() })));
    }),
  );
});
