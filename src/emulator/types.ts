import type { Setup } from '../config/setup.ts';
import type { Snapshot } from '../core/dev/controls.ts';
import type { ErrorCode } from '../wire/errors.ts';
import type { RequestRecord } from '../wire/own/emulator.ts';

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
  /** How long after a send readStatus returns its receipt, such as `12h`. Default: `24h`. */
  readonly readWindow?: string;
  /** Format of readTimestamp in readStatus. Default: `seconds`. */
  readonly readTimestamp?: 'seconds' | 'milliseconds' | 'off';
  /** Maximum number of calls per second for each app and API; 0 is no limit. Default: 0. */
  readonly qpsLimit?: number;
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
  /**
   * With `error`, for `/v1.0/robot/otoMessages/batchRecall` only: the call succeeds, but these processQueryKeys (all if
   * true) are returned as failed, with the error's code.
   */
  readonly failedKeys?: true | readonly string[];
  /** Delay of the call in real time, before the error, the drop or the normal response. */
  readonly latency?: Duration;
  /** Closes the connection without a response. */
  readonly drop?: true;
};

/** An accepted send. */
export type SentMessage = {
  readonly processQueryKey: string;
  readonly robotCode: string;
  readonly msgKey: string;
  /** The parsed msgParam. */
  readonly msgParam: Readonly<Record<string, unknown>>;
  /** The users who get the message, without invalid, flow-controlled and filtered ones. */
  readonly userIds: readonly string[];
  /** Epoch milliseconds, by the emulator's clock. */
  readonly sentAt: number;
  readonly requestId: string;
};

/** Selects a message: all given members must match. `text` is searched in all string values of msgParam. */
export type MessageFilter =
  | {
      readonly robotCode?: string;
      readonly userId?: string;
      readonly msgKey?: string;
      readonly text?: string | RegExp;
    }
  | ((message: SentMessage) => boolean);

/** Options of the wait methods. `timeout` is in real time, 5 s if absent. */
export type WaitOptions = { readonly timeout?: Duration; readonly signal?: AbortSignal };

/** A recipient, and when they read the message: epoch milliseconds, or null if unread. */
export type ReadMark = { readonly userId: string; readonly name: string; readonly readAt: number | null };

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
   * Marks a message as read by these recipients (default: all), in a manner (default: `seen`). Resolves to the number
   * of recipients who had not read it before.
   */
  read(processQueryKey: string, userIds?: readonly string[], manner?: ReadManner): Promise<number>;
  /** Replaces the reader rules, which apply to messages delivered from now on; an empty list removes all. */
  readers(rules: readonly ReaderRule[]): Promise<void>;
  /** Replaces the fault rules, which apply to calls from now on; an empty list removes all. */
  faults(rules: readonly FaultRule[]): Promise<void>;
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
  /** Stops the emulator: closes its connections and rejects pending waits with `huizhi.closed`. */
  close(): Promise<void>;
};
