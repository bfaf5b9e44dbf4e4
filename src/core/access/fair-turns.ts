/**
 * Gives a limited number of turns to requests. Requests belong to a group, and groups may have groups inside them, such
 * as an organization and its apps. On each level, the groups get turns round-robin, so many requests of one group do not
 * delay the first request of another.
 */
export type FairTurns = {
  /**
   * Calls `begin` when the request has its turn: at once if one is free.
   *
   * @param groups the names of the group and of those around it, the outermost first
   */
  request(groups: readonly string[], begin: (turn: Turn) => void): Turn;
  /** Returns the number of requests that wait. */
  waiting(): number;
};

export type Turn = {
  /** Ends the turn, or the wait for it. Has no effect a second time. */
  end(): void;
  /** Whether a request waits that the end of this turn would let begin. */
  isWanted(): boolean;
};

type Group = {
  /** Maximum number of turns of this group and of those inside it. */
  readonly limit: number;
  running: number;
  /** Requests that wait in this group and in those inside it. */
  waiting: number;
  /** Begins the requests that wait in this group itself, in their order. */
  readonly begins: Set<() => void>;
  /** The groups inside this one; the next one to get a turn is the first. */
  readonly inner: Map<string, Group>;
};

/**
 * @param limit the number of turns at the same time
 * @param share the part of a group's turns that one group inside it may have. Below 1, one group cannot take all turns,
 *   however long it keeps them.
 */
export function createFairTurns(limit: number, share = 1): FairTurns {
  const root = createGroup(limit);
  const fill = () => {
    for (let begin = takeNext(root); begin; begin = takeNext(root)) begin();
  };
  return {
    waiting: () => root.waiting,
    request(groups, begin) {
      const path = findPath(root, groups, share);
      const { begins } = path.at(-1) ?? root;
      let isOver = false;
      const start = () => begin(turn);
      const turn: Turn = {
        end() {
          if (isOver) return;
          isOver = true;
          const count = begins.delete(start) ? 'waiting' : 'running';
          for (const group of path) group[count]--;
          removeEmpty(path, groups);
          fill();
        },
        isWanted() {
          if (isOver || begins.has(start)) return false;
          for (const group of path) group.running--;
          const isFree = canBegin(root);
          for (const group of path) group.running++;
          return isFree;
        },
      };
      begins.add(start);
      for (const group of path) group.waiting++;
      fill();
      return turn;
    },
  };
}

function createGroup(limit: number): Group {
  return { limit, running: 0, waiting: 0, begins: new Set(), inner: new Map() };
}

/** Returns the group of these names and those around it, the outermost first. Creates the missing ones. */
function findPath(root: Group, names: readonly string[], share: number): readonly Group[] {
  const path = [root];
  let group = root;
  for (const name of names) {
    const inner = group.inner.get(name) ?? createGroup(Math.ceil(group.limit * share));
    group.inner.set(name, inner);
    path.push(inner);
    group = inner;
  }
  return path;
}

/** Whether a request of the group, or of one inside it, may begin. */
function canBegin({ running, waiting, limit, begins, inner }: Group): boolean {
  return waiting > 0 && running < limit && (begins.size > 0 || [...inner.values()].some(canBegin));
}

/** Takes the next request that may begin, and moves its groups to the end of their levels. */
function takeNext(group: Group): (() => void) | undefined {
  if (group.waiting === 0 || group.running >= group.limit) return undefined;
  const begin = takeOwn(group) ?? takeInner(group);
  if (begin === undefined) return undefined;
  group.waiting--;
  group.running++;
  return begin;
}

function takeOwn({ begins }: Group): (() => void) | undefined {
  const [begin] = begins;
  if (begin) begins.delete(begin);
  return begin;
}

function takeInner({ inner }: Group): (() => void) | undefined {
  for (const [name, group] of inner) {
    const begin = takeNext(group);
    if (begin === undefined) continue;
    inner.delete(name);
    inner.set(name, group);
    return begin;
  }
  return undefined;
}

/** Removes the groups of a path, from the innermost, that have no requests. */
function removeEmpty(path: readonly Group[], names: readonly string[]): void {
  for (let i = names.length; i > 0; i--) {
    const { running = 0, waiting = 0 } = path[i] ?? {};
    if (running + waiting > 0) return;
    path[i - 1]?.inner.delete(names[i - 1] ?? '');
  }
}
