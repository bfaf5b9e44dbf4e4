/**
 * The nouns that the store keeps. `code` is what the vendor's API calls a thing (corpId, userId, robotCode, appKey); `corpId` and
 * `id` are narrow integers that never leave the server. Times are epoch milliseconds.
 */

export type Organization = { readonly corpId: number; readonly code: string; readonly name: string };

export type User = { readonly corpId: number; readonly id: number; readonly code: string; readonly name: string };

/**
 * A user who is cached in memory, with a slot for the text that was made of them. (A WeakMap would do the same, and cost every young
 * collection a walk over its entries: 20 us for each response under load.)
 */
export type Person = User & {
  /** Epoch milliseconds; null while the user belongs to the organization. */
  readonly leftAt: number | null;
  text: string | undefined;
};

export type AppKind = 'internal' | 'thirdParty';

/** A credential pair with permissions. `generation` rises when the secret is rotated, which ends every token of before. */
export type App = {
  readonly corpId: number;
  readonly id: number;
  readonly code: string;
  readonly kind: AppKind;
  readonly secretHash: string;
  readonly generation: number;
  readonly permissions: readonly string[];
};

export type Robot = {
  readonly corpId: number;
  readonly id: number;
  readonly code: string;
  readonly name: string;
  readonly appId: number;
  readonly disabled: boolean;
  /** Most deliveries to one user in a minute and in a day; 0 is no limit. */
  readonly perUserPerMinute: number;
  readonly perUserPerDay: number;
  /** Nobody can block it. */
  readonly unblockable: boolean;
};

export type TemplateState = 'active' | 'stopped' | 'removed';

/** What changes rarely and is asked by every request, whole and in memory. A new one replaces it; none is ever changed. */
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
  robotOf(id: number): Robot | undefined;
  robots(): readonly Robot[];
  isInstalled(corpId: number, robotId: number): boolean;
  /** Organizations in which a robot is installed. */
  installedIn(robotId: number): readonly Organization[];
  /** Organizations that authorize an app. */
  authorizedBy(appId: number): readonly Organization[];
  /** The generation of an app's authorization by an organization, or undefined when there is none. */
  authorization(corpId: number, appId: number): number | undefined;
  template(robotId: number, kind: number): TemplateState;
};

/** An issued token: it stands for (app, organization) until it expires or one of the generations moves on. */
export type Grant = {
  readonly corpId: number;
  readonly id: number;
  readonly appId: number;
  readonly appGeneration: number;
  readonly authorizationGeneration: number;
  readonly expiresAt: number;
};

/** By the number that stands for it in the database. */
export const messageStates = ['queued', 'unknown', 'delivered'] as const;
export type MessageState = (typeof messageStates)[number];

/** A message as readStatus sees it, with its deliveries in the order of the send. */
export type Receipt = {
  readonly corpId: number;
  readonly messageId: number;
  readonly robotId: number;
  readonly kind: number;
  readonly sentAt: number;
  readonly state: MessageState;
  readonly recalledAt: number | null;
  readonly deliveries: readonly Delivery[];
};

/** One recipient's copy of a message. */
export type Delivery = {
  readonly user: Person;
  readonly readAt: number | null;
};

/** What `accept` is given: a checked send. */
export type Send = {
  readonly corpId: number;
  readonly robot: Robot;
  readonly appId: number;
  readonly kind: number;
  readonly param: string;
  readonly userCodes: readonly string[];
  readonly sentAt: number;
  /** `content` stands for what is sent: another one under the same code is another send. */
  readonly idempotency?: { readonly code: string; readonly since: number; readonly content?: string };
};

/** What became of a send; the three lists hold user codes that got no delivery, and why. */
export type Accepted = {
  readonly messageId: number;
  readonly sentAt: number;
  readonly flowControlled: readonly string[];
  readonly invalid: readonly string[];
  readonly filtered: readonly string[];
  /** With an answer that was given before: what was sent then, unless that was not kept. */
  readonly content?: string;
};

/**
 * How a recipient came to read a message. `seen`: all of it was in view. `mark`: its end was reached by keyboard or screen reader, or a program
 * marked it read.
 */
export const readManners = ['seen', 'mark'] as const;
export type ReadManner = (typeof readManners)[number];

/** A message that has not reached its inboxes. */
export type Pending = {
  readonly corpId: number;
  readonly messageId: number;
  readonly robotId: number;
  readonly sentAt: number;
  readonly state: MessageState;
};

/** A message as its recipient sees it. */
export type InboxMessage = {
  /** Where it lies in the stream: a walk goes on before or after it. */
  readonly place: number;
  readonly messageId: number;
  readonly robotId: number;
  readonly kind: number;
  readonly param: string | null;
  readonly sentAt: number;
  readonly readAt: number | null;
  readonly recalledAt: number | null;
};

/** `seq` is its number in the stream, without a gap. */
export type InboxEvent = InboxMessage & {
  readonly seq: number;
  readonly event: 'message' | 'read' | 'recall' | 'robot';
} & {
  /** What the person has chosen about the robot, of an event `robot`. */
  readonly choice: { readonly muted: boolean; readonly blocked: boolean };
};

/** Who is to be told that a user's stream has grown. */
export type Touched = { readonly corpId: number; readonly userId: number };

export type Session = {
  readonly corpId: number;
  readonly id: number;
  readonly userId: number;
  readonly expiresAt: number;
};

export type SuiteTicket = { readonly appId: number; readonly ticket: string; readonly createdAt: number };

/** Every row of every table: what a snapshot holds. */
export type Dump = {
  readonly version: number;
  readonly tables: Readonly<Record<string, readonly (readonly unknown[])[]>>;
};
