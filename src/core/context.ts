import type { Cache } from '../store/memory/cache.ts';
import type { App, Directory, Organization } from '../store/model.ts';
import type { Store } from '../store/store.ts';
import type { Admissions } from './access/admissions.ts';
import type { Attempts } from './access/attempts.ts';
import type { RateLimit } from './access/rate.ts';
import type { ReplaceableSeal } from './access/seal.ts';
import type { Secrets } from './access/secrets.ts';
import type { Clock } from './clock.ts';
import type { Deliverer } from './deliver.ts';
import type { Events } from './events.ts';
import type { Log } from './log.ts';

/** A value now or later; `await` takes both. */
export type { Eventually } from '../store/engine/sql.ts';
export type { Log } from './log.ts';

/** What the product's verbs need; built once, in a composition root. */
export type Context = {
  readonly store: Store;
  readonly clock: Clock;
  readonly seal: ReplaceableSeal;
  readonly secrets: Secrets;
  readonly events: Events;
  readonly admissions: Admissions;
  readonly deliverer: Deliverer;
  readonly directory: LiveDirectory;
  /** Absent where calls are not limited. */
  readonly rate: RateLimit | undefined;
  readonly attempts: Attempts;
  readonly options: Options;
  readonly log: Log;
  /** Tokens that were opened before, so that the same one is not opened again for each call. */
  readonly openedTokens: Cache<string, { readonly corpId: number; readonly id: number }>;
};

export type Options = {
  /** How long readStatus answers after the send, in milliseconds. */
  readonly readWindow: number;
  /** How long messages and receipts are kept, in milliseconds. */
  readonly retention: number;
  /** How long hourly counts, and entries of the audit log, are kept, in milliseconds. */
  readonly statisticsRetention: number;
  readonly auditRetention: number;
  readonly readTimestamp: 'seconds' | 'milliseconds' | 'off';
  /** Whether the inbox loads pictures of messages from other hosts. */
  readonly remotePictures: 'allow' | 'block';
  /** A hash of the operator's token. */
  readonly adminTokenHash: string;
  /** Whether people may sign in as anyone (the emulator), or need a code. */
  readonly openSignIn: boolean;
  /** Where people reach this server, without a slash at its end. */
  readonly publicUrl?: string | undefined;
  readonly oidc?: OidcOptions | undefined;
};

/** The OpenID provider at which recipients sign in, and which of its claims say who they are. */
export type OidcOptions = {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly claim: string;
  readonly corpId: string | undefined;
  readonly corpClaim: string | undefined;
};

/** The directory as it stands; `refresh` after each change of ours, before the change is acknowledged. */
export type LiveDirectory = {
  readonly now: Directory;
  refresh(): Promise<void>;
  /** Reads the directory again if it has not this version yet, because another process has changed it; undefined where it has. */
  reach(version: number): Promise<void> | undefined;
  /** Makes sure that no change which another process has acknowledged is missing. */
  current(): Promise<void>;
};

/** Who calls a vendor path: an app on behalf of an organization. */
export type Caller = { readonly app: App; readonly organization: Organization };
