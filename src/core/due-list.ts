/** A callback that is to run at a time, in epoch milliseconds. */
export type Due = {
  readonly time: number;
  readonly run: () => void | Promise<void>;
  /** The interval in milliseconds at which it repeats, if one run also does the work of missed runs. */
  readonly every?: number | undefined;
};

/** Callbacks sorted by time, and those of the same time in the order they were added. */
export type DueList = {
  first(): Due | undefined;
  add(due: Due): void;
  /** Returns false if the list does not contain it. */
  remove(due: Due): boolean;
};

/**
 * Creates a list as a sorted array: nearly all additions go to the end, so it is fast enough for thousands of timers.
 */
export function createDueList(): DueList {
  const list: Due[] = [];
  return {
    first: () => list[0],
    add: (due) => list.splice(indexAfter(list, due.time), 0, due),
    remove(due) {
      const at = list.indexOf(due);
      if (at !== -1) list.splice(at, 1);
      return at !== -1;
    },
  };
}

/** Returns the index after all callbacks that are due at a time or earlier. */
function indexAfter(list: readonly Due[], time: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.time ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}
