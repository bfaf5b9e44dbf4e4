import type { ChangeWrites } from '../directory/change-writes.ts';
import { type Change, change } from '../directory/directory-changes.ts';
import { withoutDay } from '../engine/partitions.ts';
import type { Driver } from '../engine/sql.ts';
import { eventsOfMessage, eventsSince, readLastEventOffset } from '../events.ts';
import * as messages from '../messages/messages.ts';
import { readBlocksBy, readBlocksOfRobot } from '../messages/mutes-and-blocks.ts';
import type { NewUser } from '../model.ts';
import { type ContactChange, changeContacts, lockContacts } from '../people/contacts.ts';
import { type FormerCursor, findFormer, readFormerPage } from '../people/former-users.ts';
import { findPeople, findUserNumber, findUsersBy, putConfiguredUsers } from '../people/users.ts';
import { putSetting } from '../settings.ts';
import { type AuditEntry, type AuditFilter, audit, auditBefore, pruneAudit } from './audit.ts';
import { type ConsoleSession, consoleSession, dropConsoleSession, putConsoleSession } from './console-sessions.ts';
import { listedMessage, messagesBefore, messagesSentBy, type Position, type Walk } from './message-list.ts';
import { pruneHour, statistics } from './statistics.ts';
import { totalOfAudit, totalOfUsers, totalOfWalk } from './totals.ts';

const ofPeople = ['users', 'newcomer', 'renamed', 'restored', 'leaver'];

/** What the console's functions need of the store: to invalidate its caches after changes, and its process's number. */
type StoreParts = {
  forgetMessage(messageId: number): void;
  forgetPeople(): void;
  owner(): number;
  readonly writes: ChangeWrites;
};

/** Creates the store's functions for the console. */
export function operatorVerbs(driver: Driver, { forgetMessage, forgetPeople, owner, writes }: StoreParts) {
  return {
    messagesBefore: (walk: Walk, before: Position, from: number, limit: number) =>
      driver.snapshot(() => messagesBefore(walk, before, from, limit)),
    totalOfWalk: (walk: Walk, from: number, to: number) => driver.read(() => totalOfWalk(walk, from, to)),
    totalOfUsers: (corpId: number) => driver.read(() => totalOfUsers(corpId)),
    message: (corpId: number, messageId: number) => driver.snapshot(() => listedMessage(corpId, messageId)),
    people: (corpId: number, ids: readonly number[]) => driver.read(() => findPeople(corpId, ids)),
    userNumber: (corpId: number, code: string) => driver.read(() => findUserNumber(corpId, code)),
    blocksOfRobot: (corpId: number, robotId: number, after: string, limit: number) =>
      driver.read(() => readBlocksOfRobot(corpId, robotId, after, limit)),
    blocksOfUsers: (corpId: number, userIds: readonly number[]) => driver.read(() => readBlocksBy(corpId, userIds)),
    formerUser: (corpId: number, code: string, leftAt?: number) => driver.read(() => findFormer(corpId, code, leftAt)),
    formerPage: (corpId: number, after: FormerCursor, limit: number) =>
      driver.read(() => readFormerPage(corpId, after, limit)),
    findUsersBy: (corpId: number, after: string, text: string, stride: number) =>
      driver.snapshot(() => findUsersBy(corpId, after, text, stride)),
    eventsSince: (corpId: number, after: number, limit: number) =>
      driver.snapshot(() => eventsSince(corpId, after, limit)),
    eventsOfMessage: (corpId: number, messageId: number, after: number, stride: number) =>
      driver.snapshot(() => eventsOfMessage(corpId, messageId, after, stride)),
    /** The sequence number of an organization's newest event. */
    lastEvent: (corpId: number) =>
      driver.read(function* () {
        return withoutDay(yield* readLastEventOffset(corpId));
      }),
    statistics: (corpId: number, robotId: number, from: number, to: number) =>
      driver.read(() => statistics(corpId, robotId, from, to)),
    /** Which of these messages an operator has sent in the console. */
    messagesSentBy: (corpId: number, messageIds: readonly number[], operatorId: number) =>
      driver.read(() => messagesSentBy(corpId, messageIds, operatorId)),
    pruneHour: (corpId: number, before: number) => driver.write(() => pruneHour(corpId, before)),
    /**
     * Recalls a message for an operator. Returns the inboxes that have changed. If it was recalled already, no audit
     * entry is written.
     */
    async recall(corpId: number, messageId: number, at: number, entry: AuditEntry) {
      const touched = await driver.write(function* () {
        const left = yield* messages.recallOnce(corpId, messageId, at, owner());
        if (left) yield* audit(entry);
        return left ?? [];
      });
      forgetMessage(messageId);
      return touched;
    },
    ...createChangeVerbs(writes, forgetPeople),
    ...createSessionAndAuditVerbs(driver),
    /** Stores a setting of the installation, with an audit entry. */
    putSetting: (name: string, value: string, entry: AuditEntry) =>
      driver.write(function* () {
        yield* putSetting(name, value);
        yield* audit(entry);
      }),
  };
}

/** Creates the functions for sessions of the console, and those that read and shorten the audit log. */
function createSessionAndAuditVerbs(driver: Driver) {
  return {
    putSession: (session: ConsoleSession, now: number) => driver.write(() => putConsoleSession(session, now)),
    session: (hash: string) => driver.read(() => consoleSession(hash)),
    dropSession: (hash: string) => driver.write(() => dropConsoleSession(hash)),
    auditBefore: (before: number, limit: number, filter?: AuditFilter) =>
      driver.read(() => auditBefore(before, limit, filter)),
    totalOfAudit: (filter?: AuditFilter) => driver.read(() => totalOfAudit(filter)),
    pruneAudit: (before: number, limit: number) => driver.write(() => pruneAudit(before, limit)),
  };
}

/** Creates the functions that change the directory, users and settings. */
function createChangeVerbs(writes: ChangeWrites, forgetPeople: StoreParts['forgetPeople']) {
  return {
    /**
     * Creates or renames the users of a configuration and changes their contacts, in one transaction. Resolves with the
     * codes of those who were removed and are not created again. Without a time (epoch milliseconds), this is not an
     * event.
     */
    async putConfiguredUsers(
      users: readonly NewUser[],
      contacts: readonly ContactChange[],
      at: number | undefined,
    ): Promise<readonly string[]> {
      const left = await writes.write(at, function* (changes) {
        yield* lockContacts(contacts);
        const codes = yield* putConfiguredUsers(users, changes);
        const [first] = users;
        if (first) yield* changeContacts(first.corpId, contacts, changes);
        return codes;
      });
      forgetPeople();
      return left;
    },
    async change(given: readonly Change[], entry: AuditEntry, seen?: number): Promise<void> {
      await writes.write(entry.at, (changes) => change(given, entry, seen, changes));
      if (given.some((each) => ofPeople.some((noun) => noun in each))) forgetPeople();
    },
  };
}

export type OperatorVerbs = ReturnType<typeof operatorVerbs>;
