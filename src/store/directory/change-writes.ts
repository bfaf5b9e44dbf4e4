/** Transactions that change groups, users or departments, and append what they have changed to the events. */
import { dayOf, perDay } from '../engine/partitions.ts';
import type { Driver, Work } from '../engine/sql.ts';
import { appendChanges, pruneChanges } from '../events.ts';
import type { OrganizationChange } from './organization-changes.ts';

/** The changes of one transaction, in order. */
export type Changes = {
  /**
   * Adds a change of an organization. Changes of one user or department are merged into a single one: a creation, if it
   * was created in the transaction.
   */
  add(corpId: number, change: OrganizationChange): void;
};

type ChangeLists = Map<number, Map<string, OrganizationChange>>;

function createChanges(lists: ChangeLists): Changes {
  return {
    add(corpId, change) {
      const list = lists.get(corpId) ?? new Map<string, OrganizationChange>();
      lists.set(corpId, list);
      const key = findKey(change) ?? `${list.size}`;
      const before = list.get(key);
      list.set(key, before ? ({ ...change, type: before.type } as OrganizationChange) : change);
    },
  };
}

/** Returns the key of changes that are merged; undefined for a change that is not. */
function findKey(change: OrganizationChange): string | undefined {
  const { type } = change;
  if (type === 'user_add_org' || type === 'user_modify_org') return `user ${change.userId}`;
  if (type === 'org_dept_create' || type === 'org_dept_modify') return `department ${change.deptId}`;
  return undefined;
}

export type ChangeWrites = {
  /**
   * Runs a body in a transaction, at whose end the changes that it has added become events. Reserving their numbers
   * blocks other writers of the organization, so it comes last.
   *
   * @param at when the changes happen, in epoch milliseconds; undefined if they are no events, because an organization
   *   is being set up
   */
  write<T>(at: number | undefined, body: (changes: Changes) => Work<T>): Promise<T>;
};

/** Creates the verbs for the events of groups, users and departments. */
export function createChangeVerbs(driver: Driver) {
  let notify = (_corpId: number) => {};
  const writes: ChangeWrites = {
    async write(at, body) {
      const { result, corpIds } = await driver.write(function* () {
        const lists: ChangeLists = new Map();
        const made = yield* body(createChanges(lists));
        if (at === undefined) return { result: made, corpIds: [] };
        const day = driver.daily ? dayOf(at) * perDay : 0;
        for (const [corpId, list] of lists) yield* appendChanges(corpId, [...list.values()], at, day);
        return { result: made, corpIds: [...lists.keys()] };
      });
      for (const corpId of corpIds) notify(corpId);
      return result;
    },
  };
  return {
    writes,
    /** Sets the listener that is called with an organization after changes were appended to its events. */
    onAppended(listener: (corpId: number) => void): void {
      notify = listener;
    },
    /** Deletes up to `limit` changes from before a time (epoch milliseconds), and resolves with how many. */
    prune: (corpId: number, before: number, limit: number) => driver.write(() => pruneChanges(corpId, before, limit)),
  };
}

export type ChangeVerbs = ReturnType<typeof createChangeVerbs>;
