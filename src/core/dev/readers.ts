import { hash } from 'node:crypto';
import type { Pending, ReadManner, Touched } from '../../store/model.ts';
import type { Context } from '../context.ts';
import { markRead } from '../mark-read.ts';

/**
 * A simulated reader: marks deliveries as read after `after` milliseconds with a probability. `userId` is a user's
 * code, or `*` for all users.
 */
export type Reader = {
  readonly corpId?: string | undefined;
  readonly userId: string;
  readonly after: number;
  readonly probability: number;
  readonly manner: ReadManner;
};

export type Readers = {
  list(): readonly Reader[];
  set(readers: readonly Reader[]): void;
  /** Schedules the simulated reads of a message that has been delivered. */
  schedule(context: Context, message: Pending, touched: readonly Touched[]): void;
};

/** Creates an empty set of readers. Setting readers replaces all of them and cancels scheduled reads. */
export function createReaders(): Readers {
  let readers: readonly Reader[] = [];
  const timers = new Set<() => void>();
  const scheduleRead = async (context: Context, messageId: number, person: Touched) => {
    const user = await context.store.userOf(person.corpId, person.userId);
    const corpCode = context.directory.now.organizationOf(person.corpId)?.code;
    const reader = readers.find((one) => isFor(one, corpCode, user?.code));
    if (!reader || drawChance(messageId, person.userId) >= reader.probability) return;
    const cancel = context.clock.at(context.clock.now() + reader.after, async () => {
      timers.delete(cancel);
      await readIfPresent(context, messageId, person, reader.manner).catch((err: unknown) =>
        context.log.error({ err }, 'a reader could not read'),
      );
    });
    timers.add(cancel);
  };
  return {
    list: () => readers,
    set(next) {
      readers = next;
      for (const cancel of timers) cancel();
      timers.clear();
    },
    schedule(context, message, touched) {
      if (readers.length === 0) return;
      for (const person of touched) {
        scheduleRead(context, message.messageId, person).catch((err: unknown) =>
          context.log.error({ err }, 'a reader could not be scheduled'),
        );
      }
    },
  };
}

/** Marks a message read, unless the person has left the organization by now. */
async function readIfPresent(context: Context, messageId: number, person: Touched, manner: ReadManner): Promise<void> {
  const [user] = await context.store.operator.people(person.corpId, [person.userId]);
  if (user?.leftAt === null) await markRead(context, person, [messageId], manner);
}

function isFor({ corpId, userId }: Reader, corpCode: string | undefined, userCode: string | undefined): boolean {
  return (corpId === undefined || corpId === corpCode) && (userId === '*' || userId === userCode);
}

/**
 * Returns a number from 0 to 1 that depends only on the arguments, so that the same users read in every run of a test.
 */
function drawChance(messageId: number, userId: number): number {
  return Number.parseInt(hash('sha256', `${messageId}/${userId}`).slice(0, 8), 16) / 2 ** 32;
}
