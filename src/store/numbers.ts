import { addDay } from './engine/partitions.ts';
import { type Driver, type Eventually, queryRow, queryValue, sql, type Work } from './engine/sql.ts';
import { daily, readSetting } from './settings.ts';

/**
 * The block sizes of the things that have numbers. Numbers of a block that a process does not use are skipped, which
 * does no harm.
 */
const blockSizes = {
  message: 1000,
  user: 50,
  organization: 1,
  app: 1,
  robot: 1,
  conversation: 1,
  grant: 100,
  session: 20,
  ticket: 1,
  media: 20,
  chat: 20,
  process: 1,
  stream: 100,
  push: 100,
  subscription: 1,
  card: 20,
  operator: 1,
};

export type Numbered = keyof typeof blockSizes;

/** The counters, of the whole installation, from which processes reserve blocks. */
export const reservedNames: readonly string[] = Object.keys(blockSizes);

export type Numbers = {
  next(noun: Numbered): Eventually<number>;
  /**
   * Reserves a number for a message sent at a time (epoch milliseconds). If the tables are partitioned, the number
   * contains the day.
   */
  nextMessage(at: number): Eventually<number>;
  /** Discards the reserved blocks, after the counters in the database were replaced. */
  forget(): void;
};

// Dense numbers instead of random ids keep the keys small and the newest rows next to each other.
const takeBlock = sql<[next: number]>(
  'take_block',
  `insert into counters (corp_id, name, next) values (0, $1, $2 + 1)
   on conflict (corp_id, name) do update set next = counters.next + $2 returning next`,
);

/** Sets a counter, unless it is greater already. */
export const raiseCounter = sql(
  'raise_counter',
  `insert into counters (corp_id, name, next) values ($1, $2, $3) on conflict (corp_id, name) do update
   set next = case when counters.next < excluded.next then excluded.next else counters.next end`,
);

const holdCounter = sql<[next: number]>(
  'hold_counter',
  `insert into counters (corp_id, name, next) values ($1, $2, 1)
   on conflict (corp_id, name) do update set next = counters.next + 1 returning next`,
);

/** Locks a name until this transaction ends. Other transactions that lock the same name wait. */
export function* lockName(corpId: number, name: string): Work<void> {
  yield* queryRow(holdCounter, corpId, name);
}

/**
 * Creates the source of numbers. Each process reserves blocks of numbers in the database, so several processes never
 * get the same number.
 */
export function createNumbers(driver: Driver): Numbers {
  const blocks = new Map<Numbered, { next: number; end: number }>();
  const waiting = new Map<Numbered, Promise<void>>();
  const reserve = async (noun: Numbered) => {
    const size = blockSizes[noun];
    const end = (await driver.write(() => queryValue(takeBlock, noun, size))) ?? 0;
    blocks.set(noun, { next: end - size, end });
  };
  const reserveAndTake = async (noun: Numbered): Promise<number> => {
    const reserving = waiting.get(noun) ?? reserve(noun);
    waiting.set(noun, reserving);
    await reserving.finally(() => waiting.delete(noun));
    return next(noun);
  };
  const next = (noun: Numbered): Eventually<number> => {
    const block = blocks.get(noun);
    return block && block.next < block.end ? block.next++ : reserveAndTake(noun);
  };
  let isDaily: boolean | undefined;
  const onDay = async (at: number): Promise<number> => {
    isDaily ??= driver.daily || (await driver.read(() => readSetting(daily))) !== undefined;
    const n = await next('message');
    return isDaily ? addDay(n, at) : n;
  };
  return {
    next,
    nextMessage: (at) => (isDaily === false ? next('message') : onDay(at)),
    forget() {
      isDaily = undefined;
      blocks.clear();
    },
  };
}
