import type { ChangeWrites } from '../directory/change-writes.ts';
import type { Driver } from '../engine/sql.ts';
import { endOfPruning, pruneGroupStep } from '../retention.ts';
import * as conversations from './conversations.ts';
import { countGroupReads, readGroupReads } from './group-reads.ts';
import { membersAtOnce } from './groups.ts';
import { readInboxList } from './inbox-list.ts';
import * as members from './members.ts';
import { type MembershipPosition, readMemberships } from './memberships.ts';
import { readNonReaders } from './non-readers.ts';

/** A conversation to create, with the numbers of its first members and robots. */
export type Founding = {
  readonly conversation: conversations.NewConversation;
  readonly userIds: readonly number[];
  readonly robotIds: readonly number[];
  /** Its creation is not an event, because its organization is being set up. */
  readonly isQuiet?: boolean;
};

/** Creates the verbs for conversations, their members and their robots. Times are epoch milliseconds. */
export function createConversationVerbs(driver: Driver, writes: ChangeWrites) {
  const memberVerbs = createMemberVerbs(driver, writes);
  return {
    ...memberVerbs,
    ...createReceiptVerbs(driver),
    ...createRobotVerbs(driver),
    /**
     * Creates a conversation. The first thousand members are stored with it, the others in further transactions. Users
     * who do not exist or have left are skipped.
     *
     * @throws StoreError `taken` if the openConversationId or chatId is in use
     */
    async create({ conversation, userIds, robotIds, isQuiet }: Founding): Promise<void> {
      const { corpId, id } = conversation;
      const at = isQuiet ? undefined : conversation.createdAt;
      await writes.write(at, function* (changes) {
        yield* conversations.createConversation(conversation);
        yield* members.insertFirstMembers(corpId, id, conversation, userIds.slice(0, membersAtOnce), changes);
        for (const robotId of robotIds) yield* conversations.addRobot(corpId, id, robotId);
      });
      if (userIds.length > membersAtOnce) await memberVerbs.addMembers(corpId, id, userIds.slice(membersAtOnce), at);
    },
    /** Finds conversations of all organizations by openConversationId, also disbanded ones. */
    byOpenId: (openId: string) => driver.read(() => conversations.findByOpenId(openId)),
    /** Finds conversations of all organizations by chatId, also disbanded ones. */
    byChatId: (chatId: string) => driver.read(() => conversations.findByChatId(chatId)),
    /** Finds conversations by number. */
    byNumber: (corpId: number, ids: readonly number[]) =>
      driver.read(() => conversations.findConversations(corpId, ids)),
    /** Finds a conversation by number. */
    find: async (corpId: number, id: number) =>
      (await driver.read(() => conversations.findConversations(corpId, [id]))).get(id),
    /** Changes title, owner, icon or options. Resolves with the conversation, or undefined if it does not exist. */
    change: (corpId: number, id: number, change: conversations.ConversationChange, at?: number) =>
      writes.write(at, (changes) => conversations.changeConversation(corpId, id, change, changes)),
    /** Resolves with whether the conversation was not disbanded before. */
    disband: (corpId: number, id: number, at: number) =>
      writes.write(at, (changes) => conversations.disband(corpId, id, at, changes)),
    /** Reads a page of a user's conversations, in the order of their numbers, after the number `after` (0 at first). */
    ofUser: (corpId: number, userId: number, after: number, limit: number) =>
      driver.read(() => conversations.readOfUser(corpId, userId, after, limit)),
    /** Reads what the list of conversations in a user's inbox shows, in one snapshot. */
    inboxList: (corpId: number, userId: number) => driver.snapshot(() => readInboxList(corpId, userId)),
    /** Reads a page of a robot's conversations, in the order of their numbers, after the number `after` (0 at first). */
    ofRobot: (corpId: number, robotId: number, after: number, limit: number) =>
      driver.read(() => conversations.readOfRobot(corpId, robotId, after, limit)),
  };
}

function createMemberVerbs(driver: Driver, writes: ChangeWrites) {
  /** Runs work for up to 20,000 users, in transactions of a bounded size. Adds up the results. */
  const inSteps = async (
    userIds: readonly number[],
    work: (some: readonly number[]) => Promise<number | undefined>,
  ) => {
    let sum = await work(userIds.slice(0, membersAtOnce));
    for (let at = membersAtOnce; sum !== undefined && at < userIds.length; at += membersAtOnce) {
      const more = await work(userIds.slice(at, at + membersAtOnce));
      sum = more === undefined ? undefined : sum + more;
    }
    return sum;
  };
  return {
    /**
     * Resolves with the number of new members, or undefined if the conversation does not exist or is disbanded. Without
     * a time, this is not an event.
     */
    addMembers: (corpId: number, id: number, userIds: readonly number[], at?: number) =>
      inSteps(userIds, (some) => writes.write(at, (changes) => members.addMembers(corpId, id, some, changes))),
    /** Resolves with the number of members removed, or undefined if the conversation does not exist or is disbanded. */
    removeMembers: (corpId: number, id: number, userIds: readonly number[], at: number) =>
      inSteps(userIds, (some) =>
        writes.write(at, (changes) => members.removeMembers(corpId, id, some, { at }, changes)),
      ),
    /** Makes members administrators, or ordinary members. Resolves with how many of the users are members. */
    setAdmins: (corpId: number, id: number, userIds: readonly number[], isAdmin: boolean) =>
      driver.write(() => members.setAdmins(corpId, id, userIds, isAdmin)),
    /** Reads a page of the current members, in the order of their numbers, after the number `after` (0 at first). */
    members: (corpId: number, id: number, after: number, limit: number) =>
      driver.read(() => members.readMembers(corpId, id, after, limit)),
    /** Reads a page of the memberships, current and ended ones, after the membership `after`; see `readMemberships`. */
    memberships: (corpId: number, id: number, after: MembershipPosition, limit: number) =>
      driver.read(() => readMemberships(corpId, id, after, limit)),
    memberCount: (corpId: number, id: number) => driver.read(() => members.countMembers(corpId, id)),
    isMember: (corpId: number, id: number, userId: number) => driver.read(() => members.isMember(corpId, id, userId)),
    /** Finds which of some users, at most a few hundred, are current members. */
    membersAmong: (corpId: number, id: number, userIds: readonly number[]) =>
      driver.read(() => members.findMembersAmong(corpId, id, userIds)),
    /** Deletes up to `limit` memberships that ended before a time. Resolves with how many. */
    pruneMembers: (corpId: number, before: number, limit: number) =>
      driver.write(() => members.pruneMembers(corpId, before, limit)),
  };
}

function createRobotVerbs(driver: Driver) {
  return {
    /** Resolves with whether the robot is new in the conversation. */
    addRobot: (corpId: number, id: number, robotId: number) =>
      driver.write(() => conversations.addRobot(corpId, id, robotId)),
    /** Resolves with whether the robot was in the conversation. */
    removeRobot: (corpId: number, id: number, robotId: number) =>
      driver.write(() => conversations.removeRobot(corpId, id, robotId)),
    /** Reads the numbers of a conversation's robots. */
    robots: (corpId: number, id: number) => driver.read(() => conversations.readRobots(corpId, id)),
    hasRobot: (corpId: number, id: number, robotId: number) =>
      driver.read(() => conversations.hasRobot(corpId, id, robotId)),
  };
}

function createReceiptVerbs(driver: Driver) {
  return {
    /** Reads a page of a message's reads in the order of reading, after the read `after` (0 at first). */
    readers: (corpId: number, messageId: number, after: number, limit: number) =>
      driver.read(() => readGroupReads(corpId, messageId, after, limit)),
    /** Looks at the next `stride` recipients of a message after the number `after`; see `readNonReaders`. */
    nonReaders: (corpId: number, messageId: number, after: number, stride: number) =>
      driver.snapshot(() => readNonReaders(corpId, messageId, after, stride)),
    /** Removes some rows of the oldest message if it is due and of a conversation; see `pruneGroupStep`. */
    pruneStep: (corpId: number, before: number) =>
      driver.write(() => pruneGroupStep(corpId, before, endOfPruning(driver))),
    hasReceived: (corpId: number, messageId: number, userId: number) =>
      driver.read(() => members.hasReceived(corpId, messageId, userId)),
    /** Counts who should get a message, and who has read it; undefined if it was not sent to a conversation. */
    counts: (corpId: number, messageId: number) =>
      driver.snapshot(function* () {
        const audience = yield* members.readAudience(corpId, messageId);
        if (!audience) return undefined;
        const recipients = yield* members.countRecipients(corpId, audience);
        return { ...audience, recipients, readers: yield* countGroupReads(corpId, messageId) };
      }),
  };
}

export type ConversationVerbs = ReturnType<typeof createConversationVerbs>;
