import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Person, Receipt } from '../model.ts';
import { blocksIn, createReceiptArena, type ReceiptArena } from './receipt-arena.ts';

const corpId = 7;
const sentAt = Date.UTC(2026, 10, 1, 8, 30, 0, 123);
const person = (id: number): Person => ({ corpId, id, code: `u${id}`, name: `N ${id}`, leftAt: null, text: undefined });
const known = new Map(Array.from({ length: 100 }, (_, id) => [id, person(id)]));
const people = { get: (id: number) => known.get(id) };

function receipt(messageId: number, given: Partial<Receipt> = {}): Receipt {
  const deliveries = [1, 2, 3].map((id) => ({ user: person(id), readAt: id === 2 ? sentAt + messageId : null }));
  const shape = {
    robotId: 5,
    kind: 3,
    sentAt,
    state: 'delivered',
    recalledAt: null,
    conversationId: null,
    deliveries,
  } as const;
  return { corpId, messageId, ...shape, ...given };
}

/** How many messages with twenty recipients fit into a block of 256 KB. */
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
    return { corpId, ...shape, recalledAt: null, conversationId: null, deliveries };
  });

describe('receipts in memory', () => {
  test('are returned as they were cached', () => {
    fc.assert(
      fc.property(anyReceipt, (one) => {
        const arena = createReceiptArena();
        arena.set(one);
        expect(arena.get(corpId, one.messageId, people)).toEqual(one);
      }),
    );
  });

  test('are the newest ones after any sequence of sets and deletes', () => {
    const messageId = fc.constantFrom(1, 2, 3, 1 + 2 ** 20, 2 + 2 ** 20, 2 ** 20, 2 ** 14, 2 ** 14 + 1);
    const happening = fc.tuple(messageId, fc.constantFrom('queued' as const, 'delivered' as const, 'dropped' as const));
    fc.assert(
      fc.property(fc.array(happening), (history) => {
        const arena = createReceiptArena();
        const model = new Map<number, Receipt>();
        for (const [messageId, what] of history) {
          if (what === 'dropped') arena.delete(messageId);
          else arena.set(receipt(messageId, { state: what }));
          if (what === 'dropped') model.delete(messageId);
          else model.set(messageId, receipt(messageId, { state: what }));
        }
        for (const [messageId, one] of model) {
          // A message with the same slot may have evicted it, but `get` never returns another message.
          expect([one, undefined]).toContainEqual(arena.get(corpId, messageId, people));
        }
        for (const [messageId, what] of history)
          if (what === 'dropped' && !model.has(messageId)) expect(arena.get(corpId, messageId, people)).toBeUndefined();
      }),
    );
  });

  test('of another organization are not found', () => {
    const arena = createReceiptArena();
    arena.set(receipt(1));
    expect(arena.get(corpId + 1, 1, people)).toBeUndefined();
  });

  test('are not found while one of their users is missing', () => {
    const arena = createReceiptArena();
    arena.set(receipt(1));
    expect(arena.get(corpId, 1, { get: (id) => (id === 2 ? undefined : person(id)) })).toBeUndefined();
    expect(arena.get(corpId, 1, people)).toBeDefined();
  });

  test('that do not fit into 32-bit words are not cached', () => {
    const arena = createReceiptArena();
    const late = [{ user: person(1), readAt: sentAt + 2 ** 31 }];
    for (const given of [{ recalledAt: sentAt }, { deliveries: late }, { deliveries: [...twenty, ...twenty] }]) {
      arena.set(receipt(1));
      arena.set(receipt(1, given));
      expect(arena.get(corpId, 1, people)).toBeUndefined();
    }
    const large = receipt(2 ** 31 + 1);
    arena.set(large);
    expect(arena.get(corpId, large.messageId, people)).toBeUndefined();
  });

  test('do not collide with as many others as the memory holds', () => {
    const [small, large] = [createReceiptArena(blocksIn(64)), createReceiptArena(blocksIn(128))];
    const ids = [1, 1 + 2 ** 20, 2 + 2 ** 21];
    for (const id of ids) for (const arena of [small, large]) arena.set(receipt(id));
    const found = (arena: ReceiptArena) => ids.filter((id) => arena.get(corpId, id, people));
    expect(found(small)).toEqual(ids.slice(1));
    expect(found(large)).toEqual(ids);
  });

  test('are all evicted by clear, which makes room for new ones', () => {
    const arena = createReceiptArena(1);
    for (let id = 1; id <= inBlock; id++) arena.set(receipt(id, { deliveries: twenty }));
    expect(arena.isFull()).toBe(true);
    arena.clear();
    expect(arena.isFull()).toBe(false);
    expect(arena.get(corpId, 1, people)).toBeUndefined();
    arena.set(receipt(1));
    expect(arena.get(corpId, 1, people)).toEqual(receipt(1));
  });

  test('are evicted block by block, the oldest first, and never mixed up', () => {
    const arena = createReceiptArena(2);
    const of = (id: number) => receipt(id, { deliveries: twenty, robotId: id });
    const keep = (from: number, to: number) => {
      for (let id = from; id <= to; id++) arena.set(of(id));
    };
    const found = (from: number, to: number) => {
      for (let id = from; id <= to; id++) expect(arena.get(corpId, id, people)).toEqual(of(id));
    };
    keep(1, 2 * inBlock);
    found(1, 2 * inBlock);
    expect(arena.isFull()).toBe(true);
    keep(1, 1);
    // The first block is used again, and receipts that were in it are found only if they were cached again.
    found(1, 1);
    for (let id = 2; id <= inBlock; id++) expect(arena.get(corpId, id, people)).toBeUndefined();
    found(inBlock + 1, 2 * inBlock);
    keep(2 * inBlock + 1, 4 * inBlock);
    found(3 * inBlock, 4 * inBlock);
    for (let id = 1; id <= 2 * inBlock; id++) expect(arena.get(corpId, id, people)).toBeUndefined();
  });
});
