import { type CardVerbs, createCardVerbs } from './cards/verbs.ts';
import { type OperatorVerbs, operatorVerbs } from './console/operator.ts';
import { type AccountVerbs, createAccountVerbs } from './console/operators.ts';
import { createGroupVerbs, type GroupVerbs } from './conversations/group-verbs.ts';
import { type ConversationVerbs, createConversationVerbs } from './conversations/verbs.ts';
import { type CustomRobotVerbs, createCustomRobotVerbs } from './custom-robots/verbs.ts';
import { createDingVerbs, type DingVerbs } from './dings/verbs.ts';
import { type ChangeVerbs, createChangeVerbs } from './directory/change-writes.ts';
import * as directories from './directory/directory.ts';
import { createRobotSettingsVerbs, type RobotSettingsVerbs } from './directory/robot-settings.ts';
import { andThen, type Driver, type Eventually } from './engine/sql.ts';
import * as grants from './grants.ts';
import { createMediaVerbs, type MediaVerbs } from './media.ts';
import type { MemoryOptions } from './memory/local.ts';
import type { MessageWrites } from './memory/message-writes.ts';
import { chooseReadsAndWrites } from './memory/ownership.ts';
import type { Reads } from './memory/reads.ts';
import { createInboxVerbs, type InboxVerbs } from './messages/inbox.ts';
import * as messages from './messages/messages.ts';
import { type BlockVerbs, createBlockVerbs } from './messages/mutes-and-blocks.ts';
import { migrations } from './migrations/index.ts';
import type {
  Accepted,
  App,
  Directory,
  Dump,
  Grant,
  GroupStep,
  NewUser,
  Organization,
  Pending,
  Person,
  ReadManner,
  Robot,
  Send,
  TemplateState,
  Touched,
  User,
} from './model.ts';
import * as dumps from './move/dump.ts';
import { createNoticeVerbs, type NoticeVerbs } from './notices/verbs.ts';
import { createNumbers, type Numbered, type Numbers } from './numbers.ts';
import {
  type ContactChange,
  type ContactVerbs,
  changeContacts,
  createContactVerbs,
  lockContacts,
} from './people/contacts.ts';
import { createMemberVerbs, type MemberVerbs } from './people/department-members.ts';
import { createDepartmentVerbs, type DepartmentVerbs } from './people/departments.ts';
import * as former from './people/former-users.ts';
import { createUnionId } from './people/union-ids.ts';
import * as people from './people/users.ts';
import { createProcessVerbs, type ProcessVerbs } from './processes.ts';
import * as retention from './retention.ts';
import { createRetentionShares, type RetentionShares } from './retention-share.ts';
import * as settings from './settings.ts';
import { createStreamVerbs, type StreamVerbs } from './stream/verbs.ts';
import { createSubscriptionVerbs, type SubscriptionVerbs } from './subscriptions/verbs.ts';
import { createTalkVerbs, type TalkVerbs } from './talk/verbs.ts';

/** A user to be created or renamed; a new one without a unionId gets an unpredictable one. */
type NamedUser = { readonly code: string; readonly name: string; readonly unionId?: string };

/** The value of `owner` that selects messages of all owners. */
const anybody = -1;

/**
 * The product's durable state. Each method is a verb of the domain and runs on the driver of one engine. Writes resolve
 * when they are durable. What is cached, and which writes share a transaction, depends on whether other processes write
 * to the database; see `chooseReadsAndWrites`.
 */
export class Store {
  readonly driver: Driver;
  /** The verbs for the events of groups, users and departments. */
  readonly changes: ChangeVerbs;
  /** The verbs that several processes on one database need. */
  readonly processes: ProcessVerbs;
  /** The verbs that only the console needs. */
  readonly operator: OperatorVerbs;
  /** The verbs for the operators of the console, their grants and their sign-in links. */
  readonly accounts: AccountVerbs;
  /** The verbs for blocks and mutes of robots. */
  readonly blocks: BlockVerbs;
  /** The verbs for departments, their members, and what a directory of people knows about users. */
  readonly departments: DepartmentVerbs;
  readonly departmentMembers: MemberVerbs;
  readonly contacts: ContactVerbs;
  readonly media: MediaVerbs;
  /** The verbs for suite tickets, sessions of users, and one-time sign-in codes. */
  readonly credentials: grants.CredentialVerbs;
  readonly dings: DingVerbs;
  readonly notices: NoticeVerbs;
  readonly robotSettings: RobotSettingsVerbs;
  readonly customRobots: CustomRobotVerbs;
  readonly talk: TalkVerbs;
  readonly subscriptions: SubscriptionVerbs;
  readonly cards: CardVerbs;
  /** The verbs for conversations, their members and their robots. */
  readonly conversations: ConversationVerbs;
  /** The verbs that create and manage groups. */
  readonly groups: GroupVerbs;
  /** The verbs that read inboxes and their streams. */
  readonly inboxes: InboxVerbs;
  readonly streams: StreamVerbs;
  /** Counts of what a removal would delete. */
  readonly shares: RetentionShares;
  readonly #numbers: Numbers;
  readonly #reads: Reads;
  readonly #writes: MessageWrites;
  /** Finds a message with its deliveries. While it is cached, it returns the same object until the message changes. */
  readonly receipt: Reads['receipt'];
  readonly lookups: Reads['lookups'];
  readonly people: Reads['people'];
  readonly grant: Reads['grant'];
  readonly presumedGrant: Reads['presumedGrant'];
  readonly seenDirectory: Reads['seenDirectory'];
  readonly directoryVersion: Reads['directoryVersion'];
  readonly sharedSetting: Reads['sharedSetting'];
  readonly shareSetting: Reads['shareSetting'];

  constructor(driver: Driver, memory: MemoryOptions = {}) {
    this.driver = driver;
    this.changes = createChangeVerbs(driver);
    const changeWrites = this.changes.writes;
    this.processes = createProcessVerbs(driver);
    this.blocks = createBlockVerbs(driver);
    this.departments = createDepartmentVerbs(driver, changeWrites);
    this.departmentMembers = createMemberVerbs(driver);
    this.contacts = createContactVerbs(driver, changeWrites);
    this.media = createMediaVerbs(driver, () => this.processes.own() ?? 0);
    this.credentials = grants.createCredentialVerbs(driver);
    this.dings = createDingVerbs(driver);
    this.robotSettings = createRobotSettingsVerbs(driver);
    this.customRobots = createCustomRobotVerbs(driver);
    this.subscriptions = createSubscriptionVerbs(driver);
    this.cards = createCardVerbs(driver);
    this.conversations = createConversationVerbs(driver, changeWrites);
    this.groups = createGroupVerbs(driver, changeWrites);
    this.inboxes = createInboxVerbs(driver);
    this.streams = createStreamVerbs(driver);
    this.shares = createRetentionShares(driver);
    this.operator = operatorVerbs(driver, {
      forgetMessage: (messageId) => this.#reads.forgetReceipt(messageId),
      forgetPeople: () => this.#reads.forgetPeople(),
      owner: this.#owner,
      writes: changeWrites,
    });
    this.accounts = createAccountVerbs(driver);
    this.#numbers = createNumbers(driver);
    this.notices = createNoticeVerbs(driver, this.#numbers, this.#owner);
    this.talk = createTalkVerbs(driver, this.#numbers, this.#owner);
    const { reads, writes } = chooseReadsAndWrites(driver, this.#owner, memory);
    this.#reads = reads;
    this.#writes = writes;
    this.receipt = reads.receipt;
    this.lookups = reads.lookups;
    this.people = reads.people;
    this.grant = reads.grant;
    this.presumedGrant = reads.presumedGrant;
    this.seenDirectory = reads.seenDirectory;
    this.directoryVersion = reads.directoryVersion;
    this.sharedSetting = reads.sharedSetting;
    this.shareSetting = reads.shareSetting;
  }

  /** Reserves a number for a new user, robot, session and so on. */
  number(noun: Numbered): Eventually<number> {
    return this.#numbers.next(noun);
  }

  directory(): Eventually<Directory> {
    return andThen(this.driver.snapshot(directories.readDirectory), (directory) => {
      this.#reads.sawDirectory(directory.version);
      return directory;
    });
  }

  putOrganization(one: Organization): Promise<void> {
    return this.driver.write(() => directories.putOrganization(one));
  }

  putApp(app: App): Promise<void> {
    return this.driver.write(() => directories.putApp(app));
  }

  putRobot(robot: Robot): Promise<void> {
    return this.driver.write(() => directories.putRobot(robot));
  }

  putInstallation(corpId: number, robotId: number): Promise<void> {
    return this.driver.write(() => directories.putInstallation(corpId, robotId));
  }

  /** Authorizes an app, or revokes the authorization at the time given (epoch milliseconds). */
  putAuthorization(corpId: number, appId: number, revokedAt: number | null): Promise<void> {
    return this.driver.write(() => directories.putAuthorization(corpId, appId, revokedAt));
  }

  putTemplate(robot: Robot, kind: number, state: TemplateState): Promise<void> {
    return this.driver.write(() => directories.putTemplate(robot, kind, state));
  }

  /** Reads a setting of the installation; undefined if it is not set. */
  setting(name: string): Eventually<string | undefined> {
    return this.driver.read(() => settings.readSetting(name));
  }

  /** Stores a setting unless it is set, and resolves with the stored value. */
  ensureSetting(name: string, value: string): Promise<string> {
    return this.driver.write(() => settings.ensureSetting(name, value));
  }

  putSetting(name: string, value: string): Promise<void> {
    return this.driver.write(() => settings.putSetting(name, value));
  }

  dropSetting(name: string): Promise<void> {
    return this.driver.write(() => settings.dropSetting(name));
  }

  /** Finds the current users of an organization with these codes. */
  findUsers(corpId: number, codes: readonly string[]): Eventually<readonly User[]> {
    return this.driver.read(() => people.findUsers(corpId, codes));
  }

  userOf(corpId: number, id: number): Eventually<User | undefined> {
    return this.driver.read(() => people.findUser(corpId, id));
  }

  usersPage(corpId: number, after: string, limit: number): Eventually<readonly User[]> {
    return this.driver.read(() => people.readUsersPage(corpId, after, limit));
  }

  userCount(corpId: number): Eventually<number> {
    return this.driver.read(() => people.countUsersOf(corpId));
  }

  /**
   * Creates users or renames existing ones, and changes their contacts, in one transaction. Without a time (epoch
   * milliseconds), this is not an event.
   */
  async putUsers(corpId: number, named: readonly NamedUser[], contacts: readonly ContactChange[] = [], at?: number) {
    const users: NewUser[] = [];
    for (const { code, name, unionId = createUnionId() } of named)
      users.push({ corpId, id: await this.number('user'), code, name, unionId });
    await this.changes.writes.write(at, function* (changes) {
      yield* lockContacts(contacts);
      yield* people.putUsers(users, changes);
      yield* changeContacts(corpId, contacts, changes);
    });
    this.#reads.forgetPeople();
  }

  async removeUser(corpId: number, code: string, at: number): Promise<void> {
    await this.changes.writes.write(at, (changes) => former.removeUser(corpId, code, at, changes));
    this.#reads.forgetPeople();
  }

  /** Accepts a send. Resolves when it is durable, or with undefined if it has no valid user; then nothing is stored. */
  async accept(send: Send): Promise<Accepted | undefined> {
    const taken = this.#numbers.nextMessage(send.sentAt);
    const messageId = typeof taken === 'number' ? taken : await taken;
    return this.#writes.accept({ send, messageId });
  }

  /**
   * Prefetches up to `limit` receipts into the cache, from newer to older messages, until the message is older than
   * `since` (epoch milliseconds) or the cache is full. Returns the message number to pass as `before` to the next call,
   * or undefined when it is done.
   */
  prefetchReceipts(corpId: number, before: number, since: number, limit: number): Eventually<number | undefined> {
    return this.#reads.prefetch(corpId, before, since, limit);
  }

  /** Reads the undelivered messages that this process has to deliver. */
  pending(after: { corpId: number; messageId: number }, limit: number): Eventually<readonly Pending[]> {
    return this.driver.read(() => messages.readPending(after, limit, this.processes.own() ?? anybody));
  }

  pendingCount(): Eventually<number> {
    return this.driver.read(messages.countPendingMessages);
  }

  /**
   * Marks a message delivered and adds it to the inboxes of its recipients. Resolves with the users whose streams have
   * changed.
   */
  settle(corpId: number, messageId: number, at: number): Promise<readonly Touched[]> {
    return this.#thenForget(messageId, this.#writes.settle(corpId, { messageId, at }));
  }

  /**
   * Delivers a message to the next members of its conversation or, after a recall, takes it back from the next ones. The
   * caller repeats this until it is done.
   *
   * @param isOverdue whether the step does not wait for earlier messages of the conversation any longer
   */
  deliverStep(corpId: number, messageId: number, at: number, isOverdue = false): Promise<GroupStep> {
    return this.#thenForget(messageId, this.#writes.deliverStep(corpId, { messageId, at, isOverdue }));
  }

  /** Records that a delivery was attempted and that its outcome is unknown. */
  lose(corpId: number, messageId: number): Promise<void> {
    const lost = this.driver.write(() => messages.lose(corpId, messageId));
    return this.#thenForget(messageId, lost);
  }

  /** Recalls a message. Resolves with the users whose streams have changed. After it, `deliverStep` informs members. */
  recall(corpId: number, messageId: number, at: number): Promise<readonly Touched[]> {
    const recalled = this.driver.write(() => messages.recall(corpId, messageId, at, this.#owner()));
    return this.#thenForget(messageId, recalled);
  }

  /** Reads the recipients of a message, in the order of the send; for one to a conversation, its members at the send. */
  recipients(corpId: number, messageId: number): Eventually<readonly Person[]> {
    return andThen(
      this.driver.read(() => messages.readRecipients(corpId, messageId)),
      (ids) => andThen(this.people(corpId, ids), (found) => ids.flatMap((id) => found.get(id) ?? [])),
    );
  }

  /** Marks messages read for one user at a time in epoch milliseconds. Resolves with the reads of unread ones. */
  async readFirst(corpId: number, userId: number, messageIds: readonly number[], at: number, manner?: ReadManner) {
    const fresh = await this.#writes.markRead(corpId, { userId, messageIds, at, manner });
    for (const { messageId } of fresh) this.#reads.forgetReceipt(messageId);
    return fresh;
  }

  /** Like `readFirst`, but resolves with the numbers of the messages. */
  async markRead(...reading: Parameters<Store['readFirst']>): Promise<readonly number[]> {
    return (await this.readFirst(...reading)).map(({ messageId }) => messageId);
  }

  /** Issues a token's grant. While a shared grant is valid, all calls get the same one. */
  async issueGrant(fresh: Grant, shared: boolean, now: number): Promise<Grant> {
    const grant = await this.driver.write(() => grants.issueGrant(fresh, shared, now));
    this.#reads.forgetGrant(grant.id);
    return grant;
  }

  /**
   * Removes up to `limit` messages sent before a time, and resolves with how many. On PostgreSQL, later messages are
   * removed with their partitions. Stops at one to a conversation until `conversations.pruneStep` has nothing to do.
   */
  async prune(corpId: number, before: number, limit: number): Promise<number> {
    const gone = await this.driver.write(() =>
      retention.pruneOldest(corpId, before, retention.endOfPruning(this.driver), limit),
    );
    for (const messageId of gone) this.#reads.forgetReceipt(messageId);
    return gone.length;
  }

  /** Deletes expired tokens, sessions and codes, and the idempotency records created before `answersBefore`. */
  async deleteExpired(now: number, answersBefore: number): Promise<void> {
    await this.driver.write(() => grants.deleteExpired(now, answersBefore));
    this.#reads.forgetGrants();
  }

  dump(): Eventually<Dump> {
    return this.driver.snapshot(() => dumps.dump(migrations.latest));
  }

  /** Replaces the whole state by that of a dump. */
  async load(from: Dump): Promise<void> {
    await this.driver.write(() => dumps.load(from, !this.driver.exclusive));
    this.forget();
  }

  /** Deletes everything except the settings of the installation. */
  async clear(): Promise<void> {
    await this.driver.write(() => dumps.clear(!this.driver.exclusive));
    this.forget();
  }

  /** Writes a setting. Rejects if the database cannot be written. */
  ping(now: number): Promise<void> {
    return this.driver.write(() => settings.probeWrite(now));
  }

  close(): Promise<void> {
    return this.driver.close();
  }

  /** Clears all caches, after the tables were replaced. */
  forget(): void {
    this.#numbers.forget();
    this.#reads.clear();
  }

  /** The number of this process, which delivers the messages that it accepts; 0 if it is the only one. */
  readonly #owner = () => this.processes.own() ?? 0;

  async #thenForget<T>(messageId: number, written: Promise<T>): Promise<T> {
    const result = await written;
    this.#reads.forgetReceipt(messageId);
    return result;
  }
}
