import type { Setup, SetupDepartment, SetupUser } from '../config/setup.ts';
import type { Snapshot } from '../core/dev/controls.ts';
import type { Errcode } from '../wire/error-table/errcode.ts';
import type { ErrorCode } from '../wire/errors.ts';
import type { RequestRecord } from '../wire/own/emulator.ts';
import type { EmulatorCards } from './card-types.ts';
import type { EmulatorEvent, EventFilter } from './event-types.ts';
import type { MessageFilter, SentMessage } from './message-types.ts';
import type { Reply, ReplyFilter, Said, SayContent, SayOptions } from './talk-types.ts';

export type { Snapshot } from '../core/dev/controls.ts';
export type { RequestRecord } from '../wire/own/emulator.ts';

/** How an emulator is started; everything may be left out. */
export type EmulatorOptions = {
  /** Organizations, users, apps and robots, as in a configuration file. Default: `demoSetup`. */
  readonly setup?: Setup;
  /**
   * Makes ids, tokens, keys and times the same in every run. The clock is then frozen at `now`, unless `frozen` is
   * false.
   */
  readonly seed?: string | number;
  /**
   * Start time of the clock, as a Date or epoch milliseconds. Default: the machine's time, or 2026-01-05T01:00:00Z with
   * a seed.
   */
  readonly now?: Date | number;
  /** Whether the clock stops until the test moves it. Default: true with a seed, else false. */
  readonly frozen?: boolean;
  /** Whether to listen on a socket. With false, the emulator is reachable only through its `fetch`. Default: true. */
  readonly socket?: boolean;
  /** Port on 127.0.0.1. Default: a free port. */
  readonly port?: number;
  /**
   * Whether calls of this process to the vendor's hosts, such as `https://api.dingtalk.com`, reach the emulator, until it
   * is closed: those of `fetch`, `WebSocket`, `http.request` and `https.request`, and of libraries that use them. At most
   * one emulator of a process can have it. Default: false.
   */
  readonly intercept?: boolean;
  /** How long after a send readStatus returns its receipt, such as `12h`. Default: `24h`. */
  readonly readWindow?: string;
  /** Format of readTimestamp in readStatus. Default: `seconds`. */
  readonly readTimestamp?: 'seconds' | 'milliseconds' | 'off';
  /** Maximum number of calls per second for each app and API; 0 is no limit. Default: 0. */
  readonly qpsLimit?: number;
  /** How long a Stream connection lasts, by the emulator's clock, before the client is asked to connect again. Default: `12h`. */
  readonly streamLifetime?: string;
  /** Maximum number of Stream connections of one app, and of its tickets that are not used yet. Default: 100. */
  readonly streamConnections?: number;
  /** Whether a message to a robot that has no answer after 60 s of the emulator's clock is sent once more. Default: `on`. */
  readonly streamRepeat?: 'on' | 'off';
};

/** Milliseconds, or a number and a unit: `90s`, `10m`, `25h`. */
export type Duration = number | string;

/** The clock of the emulator. All its time rules use it: tokens, read windows, delays of readers and deliveries. */
export type EmulatorClock = {
  /** Returns the time in epoch milliseconds. */
  now(): number;
  /**
   * Moves the clock forward and runs everything that falls due, in order. Resolves to the new time when all of it is
   * done.
   */
  advance(by: Duration): Promise<number>;
  /** Sets the clock to a Date or epoch milliseconds; resolves to the new time. Setting it back undoes nothing. */
  set(time: Date | number): Promise<number>;
  /** Stops the clock, or with `false` lets it run again; resolves to the time. */
  freeze(frozen?: boolean): Promise<number>;
};

/**
 * `seen`: all of the message was in view. `mark`: its end was reached by keyboard or screen reader, or a program marked
 * it read.
 */
export type ReadManner = 'seen' | 'mark';

/** Makes users read messages automatically. If several rules match a message, the first one applies. */
export type ReaderRule = {
  /** The organization of the users; any if absent. */
  readonly corpId?: string;
  /** A userId, or `*` for all users. */
  readonly userId: string;
  /** How long after its delivery the message is read; immediately if absent. */
  readonly after?: Duration;
  /** Probability from 0 to 1 that a message is read; 1 if absent. */
  readonly probability?: number;
  /** How they read; `seen` if absent. */
  readonly manner?: ReadManner;
};

/** Which calls fail, and how. If several rules match a call, the first one applies. */
export type FaultRule = {
  /** Only calls to this path; a trailing `*` matches any rest. */
  readonly path?: string;
  readonly method?: string;
  readonly robotCode?: string;
  /** The first matching call to which the fault applies, counted from 1. */
  readonly nth?: number;
  /** The number of calls to which the fault applies; no limit if absent. */
  readonly times?: number;
  /** The call returns this error. */
  readonly error?: ErrorCode;
  /** The call returns this error of the old host; the rule matches only calls on its paths. */
  readonly errcode?: Errcode;
  /**
   * With `error`, for a path of a recall only, such as `/v1.0/robot/otoMessages/batchRecall`: the call succeeds, but these
   * processQueryKeys (all if true) are returned as failed, with the error's code.
   */
  readonly failedKeys?: true | readonly string[];
  /** Delay of the call in real time, before the error, the drop or the normal response. */
  readonly latency?: Duration;
  /** Closes the connection without a response. */
  readonly drop?: true;
  /** Sends a push of Stream mode twice; only with `method: 'PUSH'`. */
  readonly repeat?: true;
};

/** A group to create; everything may be left out. */
export type GroupOptions = {
  /** `private` is a conversation of two people, who are its members. Default: `group`. */
  readonly kind?: 'group' | 'private';
  /** Default: the `corpId` of the emulator. */
  readonly corpId?: string;
  readonly title?: string;
  /** The userId of the owner, who becomes a member. Default: the first member, or else the first user. */
  readonly owner?: string;
  /** userIds, up to 20,000, or `all`: the users of the organization. Default: the owner alone. */
  readonly members?: 'all' | readonly string[];
  /** robotCodes of robots that are installed in the organization. Default: the `robotCode` of the emulator. */
  readonly robots?: readonly string[];
};

/** A custom robot to create; everything may be left out. */
export type WebhookOptions = {
  /** Default: the `corpId` of the emulator. */
  readonly corpId?: string;
  /** The group into which it sends. Default: a new group of all users. */
  readonly openConversationId?: string;
  readonly name?: string;
  /** One of them must occur in a message. */
  readonly keywords?: readonly string[];
  /** IP addresses and ranges from which messages are accepted. */
  readonly addresses?: readonly string[];
  /** Whether messages need a signature. Default: false. */
  readonly sign?: boolean;
  readonly disabled?: boolean;
};

/** A custom robot. `url` is its webhook, and `secret` signs messages; null if they need no signature. */
export type Webhook = {
  readonly url: string;
  readonly token: string;
  readonly secret: string | null;
  readonly robotCode: string;
  readonly openConversationId: string;
};

/** The ids of a conversation. `chatId` is null for a conversation of two people. */
export type Group = { readonly openConversationId: string; readonly chatId: string | null };

/** Options of the wait methods. `timeout` is in real time, 5 s if absent. */
export type WaitOptions = { readonly timeout?: Duration; readonly signal?: AbortSignal };

/** One delivery of a DING to one receiver. Deliveries by SMS and phone are the outbox: nothing leaves the emulator. */
export type DingDelivery = {
  readonly openDingId: string;
  readonly robotCode: string;
  readonly robotName: string;
  readonly userId: string;
  readonly name: string;
  readonly channel: 'app' | 'sms' | 'phone';
  readonly state: 'unread' | 'read' | 'recalled';
  /** The voice of a call; null for other channels. */
  readonly callVoice: string | null;
  /** Empty after a recall. */
  readonly content: string;
  /** Epoch milliseconds, by the emulator's clock. */
  readonly sentAt: number;
  readonly readAt: number | null;
  readonly recalledAt: number | null;
};

/** Selects deliveries of DINGs. `corpId` is that of `credentials` if absent. */
export type DingFilter = Partial<Pick<DingDelivery, 'channel' | 'state'>> & { readonly corpId?: string };

/** Number of SMS and calls that an organization may send in total; null is any number, an absent one stays as it is. */
export type DingQuotas = { readonly corpId?: string; readonly sms?: number | null; readonly phone?: number | null };

/** A work notice: a message of an app to users and departments. */
export type WorkNotice = {
  /** The task_id that the send returned. */
  readonly taskId: number;
  readonly appKey: string;
  readonly agentId: number;
  readonly msgtype: string;
  /** The object of the message that is named like the msgtype; null after a recall. */
  readonly message: Readonly<Record<string, unknown>> | null;
  /** Epoch milliseconds, by the emulator's clock. */
  readonly sentAt: number;
  readonly recalledAt: number | null;
  readonly status: 'waiting' | 'running' | 'done';
  /** Number of users to whom it was sent, without those who do not exist. */
  readonly receiverCount: number;
};

/** A work notice with those who got it, and those who did not, with the reason. */
export type WorkNoticeResult = WorkNotice & {
  readonly receivers: readonly ReadMark[];
  readonly missed: readonly {
    readonly userId: string;
    readonly name: string;
    /** Too many notices on that day, the same content again on that day, too many receivers in that minute, has left. */
    readonly reason: 'daily' | 'repeated' | 'minute' | 'left';
  }[];
  readonly invalidUserIds: readonly string[];
  readonly invalidDeptIds: readonly number[];
};

/** Selects a work notice: all given members must match. `text` is searched in all texts of the message. */
export type WorkNoticeFilter = {
  readonly agentId?: number;
  readonly msgtype?: string;
  readonly text?: string | RegExp;
};

/** A recipient, and when they read the message: epoch milliseconds, or null if unread. */
export type ReadMark = { readonly userId: string; readonly name: string; readonly readAt: number | null };

/** A department. `parentId` is 1 below the root department. */
export type Department = {
  readonly deptId: number;
  readonly name: string;
  readonly parentId: number;
  readonly order: number;
};

/** A user with everything that a program can look up. */
export type Person = {
  readonly userId: string;
  readonly name: string;
  readonly unionId: string;
  readonly mobile: string | null;
  readonly email: string | null;
  readonly jobNumber: string | null;
  readonly title: string | null;
  /** At least the root department, 1. */
  readonly departments: readonly { readonly deptId: number; readonly order: number; readonly manager: boolean }[];
};

/** A file to upload. `corpId` is its organization, by default that of the emulator's credentials. */
export type UploadOptions = {
  readonly type: 'image' | 'voice' | 'video' | 'file';
  readonly name?: string;
  readonly corpId?: string;
};

/**
 * A running emulator. Methods reject with an EmulatorError whose `code` is one of the error reference, `huizhi.timeout`
 * or `huizhi.closed`.
 */
export type Emulator = AsyncDisposable & {
  /** `http://127.0.0.1:port`; without a socket `http://huizhi.test`, which only the emulator's `fetch` resolves. */
  readonly url: string;
  /**
   * Credentials of the first internal app of the setup that can send. `corpId`, `robotCode` and `userIds` are its
   * organization, robot and recipients. All are empty if there is no such app.
   */
  readonly credentials: { readonly appKey: string; readonly appSecret: string };
  readonly corpId: string;
  /** The agent_id of the same app in the calls for work notices; 0 if there is none. */
  readonly agentId: number;
  readonly robotCode: string;
  readonly userIds: readonly string[];
  /** Bearer token of the operator. */
  readonly adminToken: string;
  /** Calls the emulator without a socket. The host of the URL is ignored, and a path alone is enough. */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  readonly clock: EmulatorClock;
  /** Holds deliveries: messages sent from now on stay PROCESSING until `release()`. */
  hold(): Promise<void>;
  /** Delivers all held messages and ends the hold; resolves to the number of messages that were held. */
  release(): Promise<number>;
  /**
   * Marks a message, by its processQueryKey or by the messageId of `/chat/send`, as read by these recipients or members
   * (default: all), in this order and in a manner (default: `seen`). Resolves to the number of recipients who had not read it before.
   */
  read(processQueryKey: string, userIds?: readonly string[], manner?: ReadManner): Promise<number>;
  /** Resolves to the deliveries of DINGs, newest DING first. */
  dings(filter?: DingFilter): Promise<readonly DingDelivery[]>;
  /**
   * Marks a DING as read by these receivers (default: all), in a manner (default: `seen`). Resolves to the number of
   * receivers who had not read it before.
   */
  readDing(openDingId: string, userIds?: readonly string[], manner?: ReadManner): Promise<number>;
  /** Sets the quotas of DINGs by SMS and by phone. */
  dingQuotas(quotas: DingQuotas): Promise<void>;
  /** Resolves to the work notices of an organization (default: `corpId`), newest first. */
  workNotices(corpId?: string): Promise<readonly WorkNotice[]>;
  /** Resolves to a work notice of an organization (default: `corpId`) with its result. */
  workNotice(taskId: number, corpId?: string): Promise<WorkNoticeResult>;
  /**
   * Marks a work notice of an organization (default: `corpId`) as read by these receivers (default: all who got it), in a
   * manner (default: `seen`). Resolves to the number of receivers who had not read it before.
   */
  readWorkNotice(taskId: number, userIds?: readonly string[], manner?: ReadManner, corpId?: string): Promise<number>;
  /**
   * Resolves to the oldest accepted work notice that matches and that no earlier call returned; waits until there is
   * one.
   */
  waitForWorkNotice(filter?: WorkNoticeFilter, options?: WaitOptions): Promise<WorkNotice>;
  /**
   * Creates or changes departments of an organization (default: `corpId`). Resolves to all its departments, parents
   * first; without a list it changes nothing.
   */
  departments(list?: readonly SetupDepartment[], corpId?: string): Promise<readonly Department[]>;
  /**
   * Creates or changes users of an organization (default: `corpId`); absent members stay as they are. Resolves to these
   * users.
   */
  users(list: readonly SetupUser[], corpId?: string): Promise<readonly Person[]>;
  /** Replaces the reader rules, which apply to messages delivered from now on; an empty list removes all. */
  readers(rules: readonly ReaderRule[]): Promise<void>;
  /** Replaces the fault rules, which apply to calls from now on; an empty list removes all. */
  faults(rules: readonly FaultRule[]): Promise<void>;
  /** Creates a group. */
  createGroup(options?: GroupOptions): Promise<Group>;
  /** Lets a member leave a group of an organization (default: `corpId`) by themselves. */
  quitGroup(openConversationId: string, userId: string, corpId?: string): Promise<void>;
  /** Creates a custom robot: a webhook that sends into a group. */
  createWebhook(options?: WebhookOptions): Promise<Webhook>;
  /**
   * Uploads a file for messages, without a token. Resolves to its media_id. Rejects with `huizhi.badRequest` for a format
   * that the type does not accept, and with `huizhi.tooLarge`.
   */
  upload(data: Uint8Array | Blob, options: UploadOptions): Promise<string>;
  /**
   * Resolves to a downloadCode of a file, as in a message that a robot (default: `robotCode`) has received. It is good
   * for 24 hours.
   */
  downloadCode(mediaId: string, robotCode?: string): Promise<string>;
  /**
   * Resolves to the newest 1000 requests to the vendor's API with responses, oldest first; errors include their actual
   * cause.
   */
  requests(): Promise<readonly RequestRecord[]>;
  /** Returns the accepted sends among the recorded requests, oldest first. */
  messages(): readonly SentMessage[];
  /** Resolves to the complete state of the emulator as JSON. */
  snapshot(): Promise<Snapshot>;
  /** Restores a snapshot, of this emulator or of another one. */
  restore(snapshot: Snapshot): Promise<void>;
  /** Resets the emulator to its state after the start. */
  reset(): Promise<void>;
  /** Resolves to the oldest accepted send that matches and that no earlier call returned; waits until there is one. */
  waitForMessage(filter?: MessageFilter, options?: WaitOptions): Promise<SentMessage>;
  /** Waits until these recipients (default: all) have read a message; resolves to the read marks of all recipients. */
  waitForRead(
    processQueryKey: string,
    userIds?: readonly string[],
    options?: WaitOptions,
  ): Promise<readonly ReadMark[]>;
  /** Writes as a person to a robot (default: `robotCode`) or in a conversation, as in the inbox. */
  say(userId: string, content: string | SayContent, options?: SayOptions): Promise<Said>;
  /**
   * Resolves to the oldest message of a robot that has reached a person since their first `say`, that matches, and that
   * no earlier call returned; waits until there is one.
   */
  waitForReply(filter?: ReplyFilter, options?: WaitOptions): Promise<Reply>;
  /** The interactive cards. */
  readonly cards: EmulatorCards;
  /**
   * Resolves to the oldest event, by organization, that matches and that no earlier call returned; waits until there is
   * one.
   */
  waitForEvent(filter?: EventFilter, options?: WaitOptions): Promise<EmulatorEvent>;
  /** Stops the emulator: closes its connections and rejects pending waits with `huizhi.closed`. */
  close(): Promise<void>;
};
