/**
 * The types of what the store holds. `code` is the identifier in the vendor's API (corpId, userId, robotCode, appKey).
 * `corpId` and `id` are small integers that are never sent to clients. Times are epoch milliseconds.
 */

import type { WebhookLimit } from './custom-robots/rates.ts';
import type { DingEventName, InboxDing } from './dings/events.ts';

export type Organization = { readonly corpId: number; readonly code: string; readonly name: string };

export type User = { readonly corpId: number; readonly id: number; readonly code: string; readonly name: string };

/** A user to be created. If there is a current user with the code already, that user keeps their unionId. */
export type NewUser = User & { readonly unionId: string };

/** What a directory of people knows about a user beyond code and name. */
export type ContactFields = {
  /** The country code and a hyphen come first, unless it is a number of mainland China: `+852-51234567`. */
  readonly mobile: string | null;
  readonly email: string | null;
  readonly jobNumber: string | null;
  readonly title: string | null;
};

/** A user with everything that a directory of people knows. */
export type Contact = User & ContactFields & { readonly unionId: string };

/** A department. The root department, with the id `rootDepartment`, is the organization itself and is not stored. */
export type Department = {
  readonly corpId: number;
  readonly id: number;
  readonly parentId: number;
  readonly name: string;
  /** Departments of one parent are listed by ascending position. */
  readonly position: number;
};

/** A user's membership in a department. Members are listed by descending position. */
export type Membership = { readonly departmentId: number; readonly leader: boolean; readonly position: number };

/**
 * A user who is cached in memory. `text` caches the text rendered for a response. (A WeakMap instead would slow down
 * every young garbage collection: 20 us for each response under load.)
 */
export type Person = User & {
  /** Epoch milliseconds; null while the user belongs to the organization. */
  readonly leftAt: number | null;
  text: string | undefined;
};

export type AppKind = 'internal' | 'thirdParty';

/**
 * An app: credentials with permissions. `generation` rises when the secret is rotated, which invalidates all earlier
 * tokens.
 */
export type App = {
  readonly corpId: number;
  readonly id: number;
  readonly code: string;
  readonly kind: AppKind;
  readonly secretHash: string;
  readonly generation: number;
  readonly permissions: readonly string[];
  /** Identifies the app in the calls for work notices; unique in the installation. */
  readonly agentId: number;
  /** Identifies the app in frames of Stream mode; stays the same for good. */
  readonly uuid: string;
};

export type Robot = {
  readonly corpId: number;
  readonly id: number;
  readonly code: string;
  readonly name: string;
  readonly appId: number;
  readonly disabled: boolean;
  /** Maximum number of deliveries to one user in a minute and in a day; 0 is no limit. */
  readonly perUserPerMinute: number;
  readonly perUserPerDay: number;
  /** Users cannot block it. */
  readonly unblockable: boolean;
  /** The cool app through which it sends to conversations, whose code such a send must have; null if there is none. */
  readonly coolAppCode: string | null;
};

/**
 * What an organization's robot was given through the robot's own calls; null is not set. `name` is set only for robots of
 * third-party apps; the name of others is in the robot. `plugins` is the JSON text of its quick entries.
 */
export type RobotSettings = {
  readonly name: string | null;
  readonly icon: string | null;
  readonly brief: string | null;
  readonly description: string | null;
  readonly status: string | null;
  readonly plugins: string | null;
};

export type TemplateState = 'active' | 'stopped' | 'removed';

/**
 * The data that every request needs and that rarely change, in memory. A directory is immutable; after a change a new
 * one replaces it.
 */
export type Directory = {
  /** Rises with each change. */
  readonly version: number;
  organization(code: string): Organization | undefined;
  organizationOf(corpId: number): Organization | undefined;
  organizations(): readonly Organization[];
  app(code: string): App | undefined;
  appOf(id: number): App | undefined;
  apps(): readonly App[];
  robot(code: string): Robot | undefined;
  /** Returns a robot or a custom robot. */
  robotOf(id: number): Robot | undefined;
  robots(): readonly Robot[];
  /** Returns a custom robot of an organization, also a deleted one; its `appId` is 0. */
  customRobot(corpId: number, code: string): Robot | undefined;
  customRobots(): readonly Robot[];
  isInstalled(corpId: number, robotId: number): boolean;
  /** Returns the organizations in which a robot is installed. */
  installedIn(robotId: number): readonly Organization[];
  /** Returns the organizations that authorize an app. */
  authorizedBy(appId: number): readonly Organization[];
  /** Returns the generation of an app's authorization by an organization; undefined if there is none. */
  authorization(corpId: number, appId: number): number | undefined;
  /**
   * Returns the era of an app, which rises when its secret is rotated and when an organization ends its authorization.
   * Tickets and connections of Stream mode belong to one era.
   */
  era(appId: number): number;
  template(robotId: number, kind: number): TemplateState;
  /** Returns the settings of an organization's robot; undefined if none was ever set. */
  settings(corpId: number, robotId: number): RobotSettings | undefined;
};

/**
 * An issued token for an app and an organization. It is valid until it expires or until one of the two generations
 * rises.
 */
export type Grant = {
  readonly corpId: number;
  readonly id: number;
  readonly appId: number;
  readonly appGeneration: number;
  readonly authorizationGeneration: number;
  readonly expiresAt: number;
};

/** The index of a state is its value in the database. */
export const messageStates = ['queued', 'unknown', 'delivered'] as const;
export type MessageState = (typeof messageStates)[number];

/** A message as readStatus returns it, with its deliveries in the order of the send. */
export type Receipt = {
  readonly corpId: number;
  readonly messageId: number;
  readonly robotId: number;
  readonly kind: number;
  readonly sentAt: number;
  readonly state: MessageState;
  readonly recalledAt: number | null;
  /** The conversation it was sent to; null if it was sent to users. A message to a conversation has no deliveries here. */
  readonly conversationId: number | null;
  readonly deliveries: readonly Delivery[];
};

/** One recipient's copy of a message. */
export type Delivery = {
  readonly user: Person;
  readonly readAt: number | null;
};

/** An operator as the audit log names them: with name and role at that time. `session` says how they signed in. */
export type Actor = {
  readonly session: string;
  readonly code: string;
  readonly name: string;
  /** Returns the role that they have in an organization; 0 is the installation. */
  roleIn(corpId: number): string;
};

/**
 * An audit entry: who changed what, with the state before and after, without secrets. `corpId` is the organization
 * concerned, or 0.
 */
export type AuditEntry = {
  readonly corpId: number;
  /** Epoch milliseconds. */
  readonly at: number;
  /** A text if it was no operator, such as a command on the machine. */
  readonly actor: string | Actor;
  readonly action: string;
  readonly target: string;
  readonly was: object | null;
  readonly became: object | null;
};

/** The input of `accept`: a validated send. */
export type Send = {
  readonly corpId: number;
  readonly robot: Robot;
  readonly appId: number;
  readonly kind: number;
  readonly param: string;
  readonly userCodes: readonly string[];
  /** Sends to the members of this conversation instead of users. */
  readonly conversationId?: number;
  /** The limit of a custom robot; absent if a robot of an app sends. */
  readonly webhookLimit?: WebhookLimit;
  /** The number of the operator who sends it in the console. */
  readonly operatorId?: number;
  /** The number of the card that the message shows. */
  readonly cardId?: number;
  /** Renders the audit entry of the send of an operator, from the message's number and the number of its recipients. */
  readonly audit?: (messageId: number, recipientCount: number) => AuditEntry;
  readonly sentAt: number;
  /**
   * `since` (epoch milliseconds): an earlier send with this code counts only if it was later than this. `content` is a
   * fingerprint of the request; it is stored with the response, so that reuse of a code for other content is detected.
   */
  readonly idempotency?: { readonly code: string; readonly since: number; readonly content?: string };
};

/**
 * The result of a send. The three lists are the user codes without a delivery: over a limit, unknown, or blocking the
 * robot.
 */
export type Accepted = {
  readonly messageId: number;
  readonly sentAt: number;
  readonly flowControlled: readonly string[];
  readonly invalid: readonly string[];
  readonly filtered: readonly string[];
  /** Only in a repeated result: the `content` of the first send, if it had one. */
  readonly content?: string;
};

/**
 * How a recipient came to read a message. `seen`: all of it was in view. `mark`: its end was reached by keyboard or
 * screen reader, or a program marked it read.
 */
export const readManners = ['seen', 'mark'] as const;
/** Who a message goes to: users alone, the members of a conversation, or the receivers of a work notice. */
export type Audience = 'users' | 'conversation' | 'notice';

export type ReadManner = (typeof readManners)[number];

/**
 * A message that has not reached its inboxes. A message to a conversation is also pending while it is taken back from
 * inboxes after a recall.
 */
export type Pending = {
  readonly corpId: number;
  readonly messageId: number;
  readonly robotId: number;
  readonly sentAt: number;
  readonly state: MessageState;
  readonly conversationId: number | null;
  readonly isRecalled: boolean;
};

/** The result of one step of the delivery of a message to a conversation, or of one step after its recall. */
export type GroupStep = {
  /** The users whose streams have changed. */
  readonly touched: readonly Touched[];
  /** Whether there is nothing left to do. */
  readonly isDone: boolean;
  /** Whether this step has completed the delivery. */
  readonly isDelivered: boolean;
  /** Whether the message was recalled, so that the step took it back from the users. */
  readonly isRecall: boolean;
  /** Whether the next members have not got an earlier message of the conversation yet. */
  readonly isWaiting: boolean;
  /** Milliseconds of the transaction without its commit. On SQLite, the process answered nothing meanwhile. */
  readonly took: number;
};

/** A message as its recipient sees it. */
export type InboxMessage = {
  /** Its offset in the stream, from which paging continues. */
  readonly offset: number;
  readonly messageId: number;
  readonly robotId: number;
  readonly kind: number;
  readonly param: string | null;
  readonly sentAt: number;
  readonly readAt: number | null;
  readonly recalledAt: number | null;
  /** The index in `senderKinds`. */
  readonly sender: number;
  /** The conversation it was sent to; null if it was sent to users. */
  readonly conversation: ConversationName | null;
  /** The person who has written it; null for other senders. */
  readonly person: { readonly code: string; readonly name: string } | null;
  /** The message that it quotes; null if there is none, or if it was removed. */
  readonly quoted: QuotedMessage | null;
  /** The emotions that robots have attached to it. */
  readonly emotions: readonly { readonly robotId: number; readonly text: string }[];
};

/** A quoted message, as far as the message that quotes it shows it. `param` is null if it was recalled. */
export type QuotedMessage = Pick<
  InboxMessage,
  'messageId' | 'robotId' | 'kind' | 'param' | 'recalledAt' | 'sender' | 'person'
>;

/** What can send messages. The index of a kind is its value in the database. */
export const senderKinds = ['robot', 'customRobot', 'person', 'notice', 'app'] as const;
export type SenderKind = (typeof senderKinds)[number];

/** What an inbox shows of a conversation. `id` is its number. */
export type ConversationName = {
  readonly id: number;
  readonly openId: string;
  readonly title: string;
  readonly isGroup: boolean;
};

/** An event of a user's stream. `seq` is its number; the numbers have no gaps. */
export type InboxEvent = InboxMessage & {
  readonly seq: number;
  readonly event: 'message' | 'read' | 'recall' | 'robot' | 'conversation' | 'emotion' | DingEventName;
} & {
  /** For an event `robot` or `conversation`: the user's choice about it. */
  readonly choice: { readonly muted: boolean; readonly blocked: boolean };
  /** For an event of a DING: the DING, whose number is in `messageId`; undefined if it was recalled or removed. */
  readonly ding?: InboxDing | undefined;
};

/** A user whose stream has new entries, and whose followers must be notified. */
export type Touched = { readonly corpId: number; readonly userId: number };

export type Session = {
  readonly corpId: number;
  readonly id: number;
  readonly userId: number;
  readonly expiresAt: number;
};

export const mediaTypes = ['image', 'voice', 'video', 'file'] as const;
export type MediaType = (typeof mediaTypes)[number];

/** An uploaded file. `code` is its media_id, `mime` follows from its content, and `size` is in bytes. */
export type Media = {
  readonly corpId: number;
  readonly id: number;
  readonly code: string;
  readonly type: MediaType;
  readonly name: string;
  readonly mime: string;
  readonly size: number;
  readonly createdAt: number;
  /** When it was last sent, to the day; when it was uploaded if it was never sent. */
  readonly usedAt: number;
};

export type SuiteTicket = { readonly appId: number; readonly ticket: string; readonly createdAt: number };

/** The content of a snapshot: all rows of all tables. */
export type Dump = {
  readonly version: number;
  readonly tables: Readonly<Record<string, readonly (readonly unknown[])[]>>;
};
