import type { Cache, Lookups } from '../store/memory/cache.ts';
import type { App, Directory, Organization } from '../store/model.ts';
import type { Store } from '../store/store.ts';
import type { CounterName, HistogramName, LabelsOf } from '../wire/metrics/table.ts';
import type { Admissions } from './access/admissions.ts';
import type { Attempts } from './access/attempts.ts';
import type { RandomBytes } from './access/random.ts';
import type { RateLimit } from './access/rate.ts';
import type { ReplaceableSeal } from './access/seal.ts';
import type { Secrets } from './access/secrets.ts';
import type { CardUpdates } from './cards/updates.ts';
import type { Clock } from './clock.ts';
import type { Deliverer } from './delivery/deliver.ts';
import type { Events } from './events.ts';
import type { Log } from './log.ts';
import type { Scope } from './operators/scope-type.ts';
import type { StreamHub } from './stream/hub.ts';
import type { Dispatcher } from './subscriptions/dispatcher-type.ts';
import type { Hearings } from './talk/hearings.ts';
import type { Tracer } from './tracer.ts';

/** A value or a promise of it. */
export type { Eventually } from '../store/engine/sql.ts';
export type { Log } from './log.ts';

/** The dependencies of all operations in `core/`; created once, in a composition root. */
export type Context = {
  readonly store: Store;
  readonly clock: Clock;
  readonly seal: ReplaceableSeal;
  readonly secrets: Secrets;
  readonly events: Events;
  readonly admissions: Admissions;
  /** The clients that listen in Stream mode. */
  readonly hub: StreamHub;
  /** Messages of people on their way to the programs of robots. */
  readonly hearings: Hearings;
  readonly deliverer: Deliverer;
  /** Notifies open pages of changed cards. */
  readonly cards: CardUpdates;
  /** Delivers events to subscriptions. */
  readonly dispatcher: Dispatcher;
  readonly directory: LiveDirectory;
  /** Where an operator's request may use its right; undefined outside of the console, where nothing is limited. */
  readonly scope?: Scope;
  /** Undefined if calls are not rate-limited. */
  readonly rate: RateLimit | undefined;
  readonly attempts: Attempts;
  readonly options: Options;
  readonly log: Log;
  readonly meters: Meters;
  /** Undefined if there are no traces. */
  readonly tracer: Tracer | undefined;
  /** The randomness of identifiers that callers see; from a seed in a seeded emulator. */
  readonly randomBytes: RandomBytes;
  /** A cache of decrypted access tokens, so that a token is not decrypted again for each call. */
  readonly openedTokens: Cache<string, { readonly corpId: number; readonly id: number }>;
  /** Look-ups in the caches of requests, by the name of the cache. */
  readonly lookups: Map<string, Lookups>;
};

/** How a call ended: `refused` with a documented error, `failed` with any other. */
export type Outcome = 'accepted' | 'refused' | 'failed';

/** Counts what operators watch, by the names in the table of metrics. */
export type Meters = {
  /** Returns how many requests were answered so far. */
  requests(): number;
  /** Adds a number to a counter, by default 1. */
  count<N extends CounterName>(
    name: N,
    ...counted: LabelsOf<N> extends undefined ? [labels?: undefined, by?: number] : [labels: LabelsOf<N>, by?: number]
  ): void;
  /** Adds a value to a histogram. */
  observe<N extends HistogramName>(name: N, labels: LabelsOf<N>, value: number): void;
};

export type Options = {
  /** How long after a send readStatus can be queried, in milliseconds. */
  readonly readWindow: number;
  /** How long messages and receipts are stored, in milliseconds. */
  readonly retention: number;
  /** How long hourly statistics are stored, in milliseconds. */
  readonly statisticsRetention: number;
  /** How long entries of the audit log are stored, in milliseconds. */
  readonly auditRetention: number;
  readonly readTimestamp: 'seconds' | 'milliseconds' | 'off';
  /** Whether the inbox loads pictures of messages from other hosts. */
  readonly remotePictures: 'allow' | 'block';
  /** How long a custom robot is blocked after too many messages, in milliseconds. */
  readonly webhookBlock: number;
  /** Maximum number of Stream connections of one app, and of its open tickets. */
  readonly streamConnections: number;
  /** Addresses and ranges of proxies whose `X-Forwarded-For` names the caller of a webhook. */
  readonly trustedProxies: readonly string[];
  /** Loopback, private and other internal ranges that callbacks may reach; see `internalRanges`. */
  readonly callbackAllow: readonly string[];
  /** Whether the limits of work notices are those of the vendor's page (`strict`), or those that its SDK has. */
  readonly noticeLimits: 'lenient' | 'strict';
  /** Bytes that the media of one organization may have together. */
  readonly mediaQuota: number;
  /** Returns the hash of the admin token that is valid now. */
  readonly adminTokenHash: () => Promise<string>;
  /** Whether anybody may sign in as any user (in the emulator); otherwise a sign-in code is required. */
  readonly openSignIn: boolean;
  /** The URL under which users reach this server, without a trailing slash. */
  readonly publicUrl?: string | undefined;
  readonly oidc?: OidcOptions | undefined;
};

/** The OpenID provider at which recipients sign in, and the claims that contain their userId and corpId. */
export type OidcOptions = {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly claim: string;
  readonly corpId: string | undefined;
  readonly corpClaim: string | undefined;
  /** The claim that has the email address of an operator. */
  readonly operatorClaim?: string | undefined;
};

/** The directory (organizations, apps, robots) in memory. */
export type LiveDirectory = {
  /** The latest directory that was read. */
  readonly now: Directory;
  /** The same with all organizations, if `now` is limited to those that an operator sees. */
  readonly whole: Directory;
  /**
   * Reads the directory again. Must be awaited after each change by this process, before the change is acknowledged.
   */
  refresh(): Promise<void>;
  /** Reads the directory again until it has at least this version; returns undefined if it already has. */
  reach(version: number): Promise<void> | undefined;
  /** Includes all changes that other processes have acknowledged. */
  current(): Promise<void>;
};

/** The caller of the vendor's API: an app on behalf of an organization. */
export type Caller = { readonly app: App; readonly organization: Organization };
