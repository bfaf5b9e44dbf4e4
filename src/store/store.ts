import { type BlockVerbs, blockVerbs } from './blocks.ts';
import { type OperatorVerbs, operatorVerbs } from './console/operator.ts';
import * as directories from './directory.ts';
import { perDay } from './engine/partitions.ts';
import { andThen, type Driver, type Eventually, type Work } from './engine/sql.ts';
import * as former from './former-users.ts';
import * as grants from './grants.ts';
import * as inboxes from './inbox.ts';
import type { MessageWrites } from './memory/message-writes.ts';
import { chooseByOwnership } from './memory/ownership.ts';
import type { Reads } from './memory/reads.ts';
import * as messages from './messages.ts';
import { migrations } from './migrations/index.ts';
import type {
  Accepted,
  App,
  Directory,
  Dump,
  Grant,
  InboxEvent,
  InboxMessage,
  Organization,
  Pending,
  Person,
  ReadManner,
  Robot,
  Send,
  Session,
  SuiteTicket,
  TemplateState,
  Touched,
  User,
} from './model.ts';
import * as dumps from './move/dump.ts';
import { createNumbers, type Numbered, type Numbers } from './numbers.ts';
import { type ProcessVerbs, processVerbs } from './processes.ts';
import * as retention from './retention.ts';
import { type RetentionShares, retentionShares } from './retention-share.ts';
import * as settings from './settings.ts';
import * as people from './users.ts';

/** Stands for all owners of messages. */
const anybody = -1;

/**
 * The product's durable state in domain verbs, over one engine's driver. Every write resolves when it is durable.
 * What is cached, and which writes share a transaction, depends on whether other processes write the database; see `chooseByOwnership`.
 */
export class Store {
  readonly driver: Driver;
  /** What several processes on one database need. */
  readonly processes: ProcessVerbs;
  /** What the console alone asks for. */
  readonly operator: OperatorVerbs;
  /** What people have chosen about robots. */
  readonly blocks: BlockVerbs;
  /** How much a removal would concern. */
  readonly shares: RetentionShares;
  readonly #numbers: Numbers;
  readonly #reads: Reads;
  readonly #writes: MessageWrites;
  /** A message with its deliveries; while it is cached, the same object until something about it changes. */
  readonly receipt: Reads['receipt'];
  readonly grant: Reads['grant'];
  readonly presumedGrant: Reads['presumedGrant'];
  readonly seenDirectory: Reads['seenDirectory'];
  readonly directoryVersion: Reads['directoryVersion'];
  readonly sharedSetting: Reads['sharedSetting'];
  readonly shareSetting: Reads['shareSetting'];

  constructor(driver: Driver) {
    this.driver = driver;
    this.processes = processVerbs(driver);
    this.blocks = blockVerbs(driver);
    this.shares = retentionShares(driver);
    this.operator = operatorVerbs(
      driver,
      (messageId) => this.#reads.forgetReceipt(messageId),
      () => this.#reads.forgetPeople(),
    );
    this.#numbers = createNumbers(driver);
    const { reads, writes } = chooseByOwnership(driver, () => this.processes.own() ?? 0);
    this.#reads = reads;
    this.#writes = writes;
    this.receipt = reads.receipt;
    this.grant = reads.grant;
    this.presumedGrant = reads.presumedGrant;
    this.seenDirectory = reads.seenDirectory;
    this.directoryVersion = reads.directoryVersion;
    this.sharedSetting = reads.sharedSetting;
    this.shareSetting = reads.shareSetting;
  }

  /** Reserves a number for a new thing. */
  number(noun: Numbered): Eventually<number> {
    return this.#numbers.take(noun);
  }

  // --- what changes rarely ---

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

  /** Authorizes an app, or takes the authorization back at the time given. */
  putAuthorization(corpId: number, appId: number, revokedAt: number | null): Promise<void> {
    return this.driver.write(() => directories.putAuthorization(corpId, appId, revokedAt));
  }

  putTemplate(robot: Robot, kind: number, state: TemplateState): Promise<void> {
    return this.driver.write(() => directories.putTemplate(robot, kind, state));
  }

  /** The value of a setting of the installation. */
  setting(name: string): Eventually<string | undefined> {
    return this.driver.read(() => settings.setting(name));
  }

  /** Keeps a setting unless there is one already; answers the one that stands. */
  keepSetting(name: string, value: string): Promise<string> {
    return this.driver.write(() => settings.firstSetting(name, value));
  }

  putSetting(name: string, value: string): Promise<void> {
    return this.driver.write(() => settings.putSetting(name, value));
  }

  dropSetting(name: string): Promise<void> {
    return this.driver.write(() => settings.dropSetting(name));
  }

  // --- people ---

  /** Those of the codes that are users of the organization now. */
  findUsers(corpId: number, codes: readonly string[]): Eventually<readonly User[]> {
    return this.driver.read(() => people.findUsers(corpId, codes));
  }

  userOf(corpId: number, id: number): Eventually<User | undefined> {
    return this.driver.read(() => people.userOf(corpId, id));
  }

  usersPage(corpId: number, after: string, limit: number): Eventually<readonly User[]> {
    return this.driver.read(() => people.usersPage(corpId, after, limit));
  }

  userCount(corpId: number): Eventually<number> {
    return this.driver.read(() => people.userCount(corpId));
  }

  /** Creates users or renames those who are there, all or none. */
  async putUsers(corpId: number, named: readonly { readonly code: string; readonly name: string }[]): Promise<void> {
    const users: User[] = [];
    for (const { code, name } of named) users.push({ corpId, id: await this.number('user'), code, name });
    await this.driver.write(() => people.putUsers(users));
    this.#reads.forgetPeople();
  }

  async removeUser(corpId: number, code: string, at: number): Promise<void> {
    await this.driver.write(() => former.removeUser(corpId, code, at));
    this.#reads.forgetPeople();
  }

  // --- messages ---

  /** Accepts a send durably, or answers undefined (and stores nothing) when it has no valid user. */
  async accept(send: Send): Promise<Accepted | undefined> {
    const taken = this.#numbers.takeMessage(send.sentAt);
    const messageId = typeof taken === 'number' ? taken : await taken;
    return this.#writes.accept({ send, messageId });
  }

  /**
   * Takes a step of messages into memory before anybody asks for them, from the newest to older ones, down to those sent at `since` or
   * as far as there is room. Answers where the next step is to go on, or undefined when it is done.
   */
  keepReceipts(corpId: number, before: number, since: number, limit: number): Eventually<number | undefined> {
    return this.#reads.readAhead(corpId, before, since, limit);
  }

  /** Undelivered messages that are this process's to deliver. */
  pending(after: { corpId: number; messageId: number }, limit: number): Eventually<readonly Pending[]> {
    return this.driver.read(() => messages.pending(after, limit, this.processes.own() ?? anybody));
  }

  pendingCount(): Eventually<number> {
    return this.driver.read(messages.pendingCount);
  }

  /** Settles a message as delivered to all its inboxes, once. */
  async settle(corpId: number, messageId: number, at: number): Promise<readonly Touched[]> {
    const touched = await this.#writes.settle(corpId, { messageId, at });
    this.#reads.forgetReceipt(messageId);
    return touched;
  }

  /** Records that a delivery was tried and its outcome is not known. */
  lose(corpId: number, messageId: number): Promise<void> {
    return this.#writeMessage(messageId, () => messages.lose(corpId, messageId));
  }

  /** Recalls a message; answers whose inboxes it has left. */
  recall(corpId: number, messageId: number, at: number): Promise<readonly Touched[]> {
    return this.#writeMessage(messageId, () => messages.recall(corpId, messageId, at));
  }

  /** Who gets a message, in the order of the send. */
  recipients(corpId: number, messageId: number): Eventually<readonly Person[]> {
    return andThen(
      this.driver.read(() => messages.recipients(corpId, messageId)),
      (ids) => andThen(this.#reads.people(corpId, ids), (found) => ids.flatMap((id) => found.get(id) ?? [])),
    );
  }

  // --- inboxes ---

  inboxPage(query: inboxes.InboxQuery): Eventually<readonly InboxMessage[]> {
    return this.driver.snapshot(() => inboxes.inboxPage(query));
  }

  inboxStep(query: inboxes.StepQuery): Eventually<inboxes.InboxStep> {
    return this.driver.snapshot(() => inboxes.inboxStep(query));
  }

  /** A page with the number of all unread messages, as of one moment. */
  inboxView(query: inboxes.InboxQuery): Eventually<inboxes.InboxView> {
    return this.driver.snapshot(() => inboxes.inboxView(query));
  }

  inboxSince(corpId: number, userId: number, after: number, limit: number): Eventually<readonly InboxEvent[]> {
    return this.driver.snapshot(() => inboxes.inboxSince(corpId, userId, after, limit));
  }

  inboxEnd(corpId: number, userId: number): Eventually<number> {
    return this.driver.read(() => inboxes.inboxEnd(corpId, userId));
  }

  unreadByRobot(corpId: number, userId: number): Eventually<ReadonlyMap<number, number>> {
    return this.driver.snapshot(() => inboxes.unreadByRobot(corpId, userId));
  }

  /** The same with the number of the newest event that was counted, all of it as of one moment. */
  unread(corpId: number, userId: number): Eventually<inboxes.Unread> {
    return this.driver.snapshot(() => inboxes.unread(corpId, userId));
  }

  /** Marks messages read for one user, first time and manner kept; answers those that were unread. */
  async read(
    corpId: number,
    userId: number,
    messageIds: readonly number[],
    at: number,
    manner?: ReadManner,
  ): Promise<readonly number[]> {
    const fresh = await this.driver.write(() => inboxes.read(corpId, userId, messageIds, at, manner));
    for (const messageId of fresh) this.#reads.forgetReceipt(messageId);
    return fresh;
  }

  // --- tokens and sessions ---

  /** Issues a token's grant; a shared one is the same for all who ask while it is valid. */
  async issueGrant(fresh: Grant, shared: boolean, now: number): Promise<Grant> {
    const grant = await this.driver.write(() => grants.issueGrant(fresh, shared, now));
    this.#reads.forgetGrant(grant.id);
    return grant;
  }

  putTicket(corpId: number, appId: number, ticket: string, createdAt: number): Promise<void> {
    return this.driver.write(() => grants.putTicket(corpId, appId, ticket, createdAt));
  }

  tickets(corpId: number, appId: number): Eventually<readonly SuiteTicket[]> {
    return this.driver.read(() => grants.tickets(corpId, appId));
  }

  putSession(session: Session): Promise<void> {
    return this.driver.write(() => grants.putSession(session));
  }

  session(corpId: number, id: number): Eventually<Session | undefined> {
    return this.driver.read(() => grants.session(corpId, id));
  }

  dropSession(corpId: number, id: number): Promise<void> {
    return this.driver.write(() => grants.dropSession(corpId, id));
  }

  putSignInCode(corpId: number, hash: string, userId: number, expiresAt: number): Promise<void> {
    return this.driver.write(() => grants.putSignInCode(corpId, hash, userId, expiresAt));
  }

  /** Whether a one-time sign-in code is stored, even if it has expired. */
  hasSignInCode(corpId: number, hash: string): Eventually<boolean> {
    return this.driver.read(() => grants.hasSignInCode(corpId, hash));
  }

  takeSignInCode(corpId: number, hash: string, now: number): Promise<{ userId: number } | undefined> {
    return this.driver.write(() => grants.takeSignInCode(corpId, hash, now));
  }

  // --- keeping house ---

  /** Removes a few messages sent before a time, of those that are not dropped with their days; answers how many. */
  async prune(corpId: number, before: number, limit: number): Promise<number> {
    const end = this.driver.daily ? perDay : Number.MAX_SAFE_INTEGER;
    const gone = await this.driver.write(() => retention.pruneOldest(corpId, before, end, limit));
    for (const messageId of gone) this.#reads.forgetReceipt(messageId);
    return gone.length;
  }

  /** Forgets tokens, sessions and codes that have run out, and idempotent answers made before `answersBefore`. */
  async dropStale(now: number, answersBefore: number): Promise<void> {
    await this.driver.write(() => grants.dropStale(now, answersBefore));
    this.#reads.forgetGrants();
  }

  dump(): Eventually<Dump> {
    return this.driver.snapshot(() => dumps.dump(migrations.latest));
  }

  /** Replaces the whole state by a dump's. */
  async load(from: Dump): Promise<void> {
    await this.driver.write(() => dumps.load(from));
    this.forget();
  }

  /** Forgets everything but the settings of the installation. */
  async clear(): Promise<void> {
    await this.driver.write(dumps.clear);
    this.forget();
  }

  /** Proves that the engine can write: throws when it cannot. */
  ping(now: number): Promise<void> {
    return this.driver.write(() => settings.touch(now));
  }

  close(): Promise<void> {
    return this.driver.close();
  }

  /** Drops what is kept in memory, after the tables were replaced under it. */
  forget(): void {
    this.#numbers.forget();
    this.#reads.clear();
  }

  async #writeMessage<T>(messageId: number, body: () => Work<T>): Promise<T> {
    const result = await this.driver.write(body);
    this.#reads.forgetReceipt(messageId);
    return result;
  }
}
