/** An item of a bag. The bag sets `slot`, its position, which is -1 outside of a bag. */
export type BagItem = { slot: number };

/** A collection without order. */
export type Bag<T extends BagItem> = {
  readonly items: readonly T[];
  /** Adds an item that is in no bag. */
  add(item: T): void;
  /** Removes an item; does nothing if it is not in the bag. */
  remove(item: T): void;
};

/**
 * Creates an empty bag: an array in which the last item takes the place of a removed one. Unlike a Map or a Set, it
 * leaves no reference to a removed item behind. V8 replaces the hash table of these after some removals, and the old
 * table, once it is in the old generation, keeps its entries alive until the next full collection. Measured: with a Map
 * that every request enters and leaves, young collections took 14 instead of 5 us for each batchSend.
 */
export function createUnorderedList<T extends BagItem>(): Bag<T> {
  const items: T[] = [];
  return {
    items,
    add(item) {
      item.slot = items.length;
      items.push(item);
    },
    remove(item) {
      const { slot } = item;
      if (items[slot] !== item) return;
      const last = items.pop();
      if (last !== undefined && last !== item) {
        items[slot] = last;
        last.slot = slot;
      }
      item.slot = -1;
    },
  };
}
