import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Person, Receipt } from '../model.ts';
import { createReceiptArena } from './receipt-arena.ts';

const corpId = 7;
const sentAt = Date.UTC(2026, 10, 1, 8, 30, 0, 123);
const person = (id: number): Person => ({ corpId, id, code: `u${id}`, name: `N ${id}`, leftAt: null, text: undefined });
const known = new Map(Array.from({ length: 100 }, (_, id) => [id, person(id)]));
const people = { get: (id: number) => known.get(id) };

function receipt(messageId: number, given: Partial<Receipt> = {}): Receipt {
  const deliveries = [1, 2, 3].map((id) => ({ user: person(id), readAt: id === 2 ? sentAt + messageId : null }));
  const shape = { robotId: 5, kind: 3, sentAt, state: 'delivered', recalledAt: null, deliveries } as const;
  return { corpId, messageId, ...shape, ...given };
}

/** Messages of twenty in a block of 256 KB. */
const inBlock = 1424;
const twenty = Array.from({ length: 20 }, (_, id) => ({ user: person(id), readAt: null }));

const anyReceipt = fc
  .record({
    messageId: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    robotId: fc.integer({ min: 1, max: 2 ** 24 - 1 }),
    kind: fc.integer({ min: 1, max: 13 }),
    sentAt: fc.integer({ min: 0, max: 2 ** 48 }),
    state: fc.constantFrom('queued' as const, 'unknown' as const, 'delivered' as const),
    reads: fc.array(fc.tuple(fc.nat({ max: 99 }), fc.option(fc.integer({ min: 0, max: 2 ** 31 - 1 }))), {
      maxLength: 20,
    }),
  })
  .map(({ reads, ...shape }): Receipt => {
    const deliveries = reads.map(([id, after]) => ({
      user: person(id),
      readAt: after === null ? null : shape.sentAt + after,
    }));
    return { corpId, ...shape, recalledAt: null, deliveries };
  });

describe('receipts in memory', () => {
  test('come back as they were kept', () => {
    fc.assert(
      fc.property(anyReceipt, (one) => {
        const kept = createReceiptArena();
        kept.set(one);
        expect(kept.get(corpId, one.messageId, people)).toEqual(one);
      }),
    );
  });

  test('are those that were kept last, whatever was kept, replaced and dropped before', () => {
    const place = fc.constantFrom(1, 2, 3, 1 + 2 ** 20, 2 + 2 ** 20, 2 ** 20, 2 ** 14, 2 ** 14 + 1);
    const happening = fc.tuple(place, fc.constantFrom('queued' as const, 'delivered' as const, 'dropped' as const));
    fc.assert(
      fc.property(fc.array(happening), (history) => {
        const kept = createReceiptArena();
        const model = new Map<number, Receipt>();
        for (const [messageId, what] of history) {
          if (what === 'dropped') kept.delete(messageId);
          else kept.set(receipt(messageId, { state: what }));
          if (what === 'dropped') model.delete(messageId);
          else model.set(messageId, receipt(messageId, { state: what }));
        }
        for (const [messageId, one] of model) {
          // Another message of the same place may have pushed it out, but nothing else stands there.
          expect([one, undefined]).toContainEqual(kept.get(corpId, messageId, people));
        }
        for (const [messageId, what] of history)
          if (what === 'dropped' && !model.has(messageId)) expect(kept.get(corpId, messageId, people)).toBeUndefined();
      }),
    );
  });

  test('of another organization are not found', () => {
    const kept = createReceiptArena();
    kept.set(receipt(1));
    expect(kept.get(corpId + 1, 1, people)).toBeUndefined();
  });

  test('are not found while one of their people is not known', () => {
    const kept = createReceiptArena();
    kept.set(receipt(1));
    expect(kept.get(corpId, 1, { get: (id) => (id === 2 ? undefined : person(id)) })).toBeUndefined();
    expect(kept.get(corpId, 1, people)).toBeDefined();
  });

  test('that numbers cannot hold are left to the database', () => {
    const kept = createReceiptArena();
    const late = [{ user: person(1), readAt: sentAt + 2 ** 31 }];
    for (const given of [{ recalledAt: sentAt }, { deliveries: late }, { deliveries: [...twenty, ...twenty] }]) {
      kept.set(receipt(1));
      kept.set(receipt(1, given));
      expect(kept.get(corpId, 1, people)).toBeUndefined();
    }
    const large = receipt(2 ** 31 + 1);
    kept.set(large);
    expect(kept.get(corpId, large.messageId, people)).toBeUndefined();
  });

  test('are all gone after they were cleared, and there is room again', () => {
    const kept = createReceiptArena(1);
    for (let id = 1; id <= inBlock; id++) kept.set(receipt(id, { deliveries: twenty }));
    expect(kept.isFull()).toBe(true);
    kept.clear();
    expect(kept.isFull()).toBe(false);
    expect(kept.get(corpId, 1, people)).toBeUndefined();
    kept.set(receipt(1));
    expect(kept.get(corpId, 1, people)).toEqual(receipt(1));
  });

  test('make room block by block, the oldest first, and none is mistaken for another', () => {
    const kept = createReceiptArena(2);
    const of = (id: number) => receipt(id, { deliveries: twenty, robotId: id });
    const keep = (from: number, to: number) => {
      for (let id = from; id <= to; id++) kept.set(of(id));
    };
    const found = (from: number, to: number) => {
      for (let id = from; id <= to; id++) expect(kept.get(corpId, id, people)).toEqual(of(id));
    };
    keep(1, 2 * inBlock);
    found(1, 2 * inBlock);
    expect(kept.isFull()).toBe(true);
    keep(1, 1);
    // The first block is written anew, and what has moved out of it stands in its new place.
    found(1, 1);
    for (let id = 2; id <= inBlock; id++) expect(kept.get(corpId, id, people)).toBeUndefined();
    found(inBlock + 1, 2 * inBlock);
    keep(2 * inBlock + 1, 4 * inBlock);
    found(3 * inBlock, 4 * inBlock);
    for (let id = 1; id <= 2 * inBlock; id++) expect(kept.get(corpId, id, people)).toBeUndefined();
  });
});
