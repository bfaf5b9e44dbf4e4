import type { AuditEntry } from '../console/audit.ts';
import type { ChangeWrites } from '../directory/change-writes.ts';
import type { Driver } from '../engine/sql.ts';
import * as groups from './groups.ts';

export { type GroupClaim, type GroupUpdate, membersAtOnce } from './groups.ts';

/** Creates the verbs for groups. Times are epoch milliseconds. */
export function createGroupVerbs(driver: Driver, writes: ChangeWrites) {
  return {
    /**
     * Creates a group with up to a thousand members, or finds the one that an earlier call with the same claim has
     * created. Resolves with its number.
     *
     * @throws StoreError `taken` if the openConversationId or chatId is in use
     */
    create: (group: groups.NewGroup, claim?: groups.GroupClaim, entry?: AuditEntry) =>
      writes.write(group.isQuiet ? undefined : group.conversation.createdAt, (changes) =>
        groups.createGroup(group, changes, claim, entry),
      ),
    /** Reads a page of an organization's groups, in the order of their numbers, after the number `after` (0 at first). */
    page: (corpId: number, after: number, limit: number) =>
      driver.snapshot(() => groups.readGroups(corpId, after, limit)),
    /** The number of groups of an organization, up to 10,001. */
    total: (corpId: number) => driver.read(() => groups.totalOfGroups(corpId)),
    /** Reads openConversationIds of a robot's groups, without disbanded ones, after `offset` others. */
    ofRobot: (corpId: number, robotId: number, offset: number, limit: number) =>
      driver.read(() => groups.readGroupsOfRobot(corpId, robotId, offset, limit)),
    bySetupName: (corpId: number, name: string) => driver.read(() => groups.findBySetupName(corpId, name)),
    /** Resolves with undefined, without changes, if the group does not exist or is disbanded. */
    update: (
      corpId: number,
      id: number,
      update: groups.GroupUpdate,
      describe?: (updated: groups.GroupUpdated) => AuditEntry | undefined,
    ) => writes.write(update.at, (changes) => groups.updateGroup(corpId, id, update, changes, describe)),
  };
}

export type GroupVerbs = ReturnType<typeof createGroupVerbs>;
