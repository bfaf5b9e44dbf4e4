import type { Setup } from '../config/setup.ts';
import type { Snapshot } from '../core/dev/controls.ts';
import type { ErrorCode } from '../wire/errors.ts';
import type { RequestRecord } from '../wire/own/emulator.ts';

export type { Snapshot } from '../core/dev/controls.ts';
export type { RequestRecord } from '../wire/own/emulator.ts';

/** How an emulator is started; everything may be left out. */
export type EmulatorOptions = {
  /** Organizations, users, apps and robots, as in a configuration file; `demoSetup` if absent. */
  readonly setup?: Setup;
  /** Makes ids, tokens, keys and times the same in every run; the clock is then frozen at `now` unless `frozen` is false. */
  readonly seed?: string | number;
  /** Where the clock begins, as a Date or epoch milliseconds; the machine's time, or with a seed 2026-01-05T01:00:00Z. */
  readonly now?: Date | number;
  /** Whether the clock is frozen until the test moves it; true with a seed. */
  readonly frozen?: boolean;
  /** false: no socket at all, everything goes through `fetch`. */
  readonly socket?: boolean;
  /** The port on 127.0.0.1; a free one if absent. */
  readonly port?: number;
  /** How long readStatus answers after the send, such as `24h`. */
  readonly readWindow?: string;
  /** How readStatus writes readTimestamp. */
  readonly readTimestamp?: 'seconds' | 'milliseconds' | 'off';
  /** Calls a second for each app and API; 0 is no limit. */
  readonly qpsLimit?: number;
};

/** Milliseconds, or a number and a unit: `90s`, `10m`, `25h`. */
export type Duration = number | string;

/** The clock that every time rule of the emulator asks. */
export type EmulatorClock = {
  /** Epoch milliseconds. */
  now(): number;
  /** Moves on and runs all that falls due, in order; resolves with the new time when everything is still. */
  advance(by: Duration): Promise<number>;
  /** Moves to a time; backwards undoes nothing. */
  set(time: Date | number): Promise<number>;
  /** Stops the clock, or with `false` lets it run on. */
  freeze(frozen?: boolean): Promise<number>;
};

/** `seen`: all of the message was in view. `mark`: its end was reached by keyboard or screen reader, or a program marked it read. */
export type ReadManner = 'seen' | 'mark';

/** Someone who reads by themselves; of several rules the first that fits decides. */
export type ReaderRule = {
  readonly corpId?: string;
  /** A user, or `*` for everyone. */
  readonly userId: string;
  /** How long after the arrival; at once if absent. */
  readonly after?: Duration;
  /** Share of the messages that are read at all; 1 if absent. */
  readonly probability?: number;
  /** How they read; `seen` if absent. */
  readonly manner?: ReadManner;
};

/** What a call has to be for the fault, and what then happens to it; of several rules the first that fits decides. */
export type FaultRule = {
  /** Only calls of this path; a `*` at its end matches anything. */
  readonly path?: string;
  readonly method?: string;
  readonly robotCode?: string;
  /** Begins with the nth call that fits. */
  readonly nth?: number;
  /** Ends after so many calls. */
  readonly times?: number;
  /** Answers this error. */
  readonly error?: ErrorCode;
  /**
   * With an error, for `/v1.0/robot/otoMessages/batchRecall`: the call succeeds, and these keys (all if true) fail with the error as their
   * reason.
   */
  readonly failedKeys?: true | readonly string[];
  /** Waits, in real time, before the rest. */
  readonly latency?: Duration;
  /** Drops the connection without an answer. */
  readonly drop?: true;
};

/** A send that was accepted. */
export type SentMessage = {
  readonly processQueryKey: string;
  readonly robotCode: string;
  readonly msgKey: string;
  /** The parsed msgParam. */
  readonly msgParam: Readonly<Record<string, unknown>>;
  /** Those who get it: without invalid, flow-controlled and filtered users. */
  readonly userIds: readonly string[];
  /** Epoch milliseconds on the emulator's clock. */
  readonly sentAt: number;
  readonly requestId: string;
};

/** Which message is meant: all that is given must fit. `text` is looked for in the texts of msgParam. */
export type MessageFilter =
  | {
      readonly robotCode?: string;
      readonly userId?: string;
      readonly msgKey?: string;
      readonly text?: string | RegExp;
    }
  | ((message: SentMessage) => boolean);

/** `timeout` is real time, 5 s if absent. */
export type WaitOptions = { readonly timeout?: Duration; readonly signal?: AbortSignal };

/** Whether and when (epoch milliseconds) a recipient has read. */
export type ReadMark = { readonly userId: string; readonly name: string; readonly readAt: number | null };

/** A huizhi in this process and what a test controls of it. */
export type Emulator = AsyncDisposable & {
  /** `http://127.0.0.1:port`, or `http://huizhi.test`, which only `fetch` knows, without a socket. */
  readonly url: string;
  /** What the first internal app of the setup signs in with, and what it sends with and to; empty without such an app. */
  readonly credentials: { readonly appKey: string; readonly appSecret: string };
  readonly corpId: string;
  readonly robotCode: string;
  readonly userIds: readonly string[];
  /** Bearer token of the operator. */
  readonly adminToken: string;
  /** Answers as the server does, without a socket; the host of the URL means nothing, and a bare path is enough. */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  readonly clock: EmulatorClock;
  /** Keeps what is sent from now on PROCESSING, until a release. */
  hold(): Promise<void>;
  /** Delivers what is held, and from now on at once; resolves with the number of messages that waited. */
  release(): Promise<number>;
  /** Lets these recipients (all, if absent) read a message now (`seen`, if no manner is given); resolves with the number of deliveries that were unread until now. */
  read(processQueryKey: string, userIds?: readonly string[], manner?: ReadManner): Promise<number>;
  /** Who reads by themselves from now on; an empty list ends it. */
  readers(rules: readonly ReaderRule[]): Promise<void>;
  /** What goes wrong from now on; an empty list ends it. */
  faults(rules: readonly FaultRule[]): Promise<void>;
  /** The newest thousand requests of the vendor's API with their answers and, for errors, the real cause in words; oldest first. */
  requests(): Promise<readonly RequestRecord[]>;
  /** Every accepted send among those requests. */
  messages(): readonly SentMessage[];
  /** The whole state, as JSON. */
  snapshot(): Promise<Snapshot>;
  /** Goes back to a snapshot, of this emulator or of another one. */
  restore(snapshot: Snapshot): Promise<void>;
  /** Back to how it was started. */
  reset(): Promise<void>;
  /** The oldest accepted send that fits and that no earlier call has got, waiting for it if need be. */
  waitForMessage(filter?: MessageFilter, options?: WaitOptions): Promise<SentMessage>;
  /** Resolves when these recipients (all, if absent) have read, with everybody's mark. */
  waitForRead(
    processQueryKey: string,
    userIds?: readonly string[],
    options?: WaitOptions,
  ): Promise<readonly ReadMark[]>;
  /** Closes it, and ends all waits and connections. */
  close(): Promise<void>;
};
