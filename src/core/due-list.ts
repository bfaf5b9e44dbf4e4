/** Something that is to run at a time, in epoch milliseconds. */
export type Due = {
  readonly time: number;
  readonly run: () => void | Promise<void>;
  /** The interval in milliseconds at which it repeats itself, where a later run does the work of those before. */
  readonly every?: number | undefined;
};

/** What is to run, by time, and at one time in the order in which it was added. */
export type DueList = {
  first(): Due | undefined;
  add(due: Due): void;
  /** Answers false when it was not there any more. */
  remove(due: Due): boolean;
};

/** A sorted array: what is added is nearly always the latest, and thousands of timers cost nothing to look at. */
export function createDueList(): DueList {
  const list: Due[] = [];
  return {
    first: () => list[0],
    add: (due) => list.splice(placeAfter(list, due.time), 0, due),
    remove(due) {
      const at = list.indexOf(due);
      if (at !== -1) list.splice(at, 1);
      return at !== -1;
    },
  };
}

/** The index behind everything that is due at a time or earlier. */
function placeAfter(list: readonly Due[], time: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.time ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}
