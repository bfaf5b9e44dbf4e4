import { longestTimer, vendorQps } from '../wire/limits.ts';
import {
  aBoolean,
  aFunction,
  anything,
  aSignal,
  aString,
  checkMembers,
  filledString,
  type Rules,
  stringOrFunction,
} from './check.ts';
import type { ClientError } from './errors.ts';
import { createServerTime, type ServerTime } from './server-time.ts';

/** The credentials of the client: of an app, or a token. */
export type Credentials =
  | {
      readonly appKey: string;
      readonly appSecret: string;
      /** For third-party apps: the organization to act for. */
      readonly corpId?: string;
    }
  | {
      /** A token, or a function that gets one; it is asked again when the server no longer takes the last. */
      readonly token: string | (() => string | Promise<string>);
    };

/** What happens on the wire, for logs and metrics. It never holds a secret, a token or a message. */
export type ClientEvent =
  | { readonly type: 'request'; readonly method: string; readonly path: string; readonly attempt: number }
  | {
      readonly type: 'answer';
      readonly method: string;
      readonly path: string;
      readonly attempt: number;
      readonly status: number;
      readonly requestId: string | undefined;
      /** Milliseconds from request to answer. */
      readonly duration: number;
    }
  | {
      readonly type: 'retry';
      readonly method: string;
      readonly path: string;
      readonly attempt: number;
      readonly error: ClientError;
      /** Milliseconds until the next attempt. */
      readonly wait: number;
    }
  | { readonly type: 'token'; readonly reason: 'first' | 'expiring' | 'refused' };

/** How a client works; only endpoint and credentials have to be given. */
export type ClientOptions = Credentials & {
  /** Where the API is, such as `http://127.0.0.1:8720` or `https://api.dingtalk.com`. */
  readonly endpoint: string;
  /** The robot of every call that does not name another. */
  readonly robotCode?: string;
  /** In place of the runtime's own `fetch`. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Milliseconds that one attempt may take; 10,000 unless given. */
  readonly timeout?: number;
  /** Most repeats of a call, where a repeat is safe; 3 unless given. */
  readonly retries?: number;
  /** Most calls under way at once for one send, recall or watch; 4 unless given. */
  readonly concurrency?: number;
  /** Most calls a second of each API, 0 for no limit: 20 at the vendor's hosts, which refuse more, and none elsewhere unless given. */
  readonly callsPerSecond?: number;
  /**
   * Whether the server keeps its promise about `idempotency-key`, so that a send whose answer got lost may be repeated. huizhi does, the
   * vendor does not; true unless the endpoint is one of the vendor's hosts. Set it to false for a proxy in front of these.
   */
  readonly idempotentSends?: boolean;
  /** Is told what happens on the wire. */
  readonly on?: (event: ClientEvent) => void;
  /** Waits for milliseconds, and rejects with the signal's reason when it aborts; for tests. */
  readonly wait?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** The time in epoch milliseconds; for tests. */
  readonly now?: () => number;
  /** A number from 0 to 1 that spreads retries; for tests. */
  readonly random?: () => number;
};

/** What any call takes. */
export type CallOptions = {
  readonly robotCode?: string;
  /** Ends the call, waits included, with the signal's reason. */
  readonly signal?: AbortSignal;
};

/** The members of CallOptions. */
export const callOptionRules: Rules<keyof CallOptions> = { robotCode: aString, signal: aSignal };

const optionRules: Rules<Names<ClientOptions>> = {
  endpoint: filledString,
  appKey: aString,
  appSecret: aString,
  corpId: aString,
  token: stringOrFunction,
  robotCode: aString,
  fetch: aFunction,
  // These four have bounds.
  timeout: anything,
  retries: anything,
  concurrency: anything,
  callsPerSecond: anything,
  idempotentSends: aBoolean,
  on: aFunction,
  wait: aFunction,
  now: aFunction,
  random: aFunction,
};

/** The members of every form of a type. */
type Names<T> = T extends unknown ? keyof T : never;

/** The options with every default in its place. */
export type Settings = Required<Omit<ClientOptions, 'robotCode' | 'appKey' | 'appSecret' | 'token'>> & {
  readonly robotCode: string | undefined;
  readonly credentials: Credentials;
  readonly serverTime: ServerTime;
};

/** In mainland China, and everywhere else. */
const vendorHost = /(^|\.)dingtalk\.(com|io)$/;

/** Fills in what was not given; throws a TypeError for an unknown option, an endpoint that is no URL, missing credentials, and numbers that make no sense. */
export function settle(options: ClientOptions): Settings {
  checkMembers('createClient', options, optionRules);
  const { hostname, pathname, origin } = urlOf(options.endpoint);
  const isVendor = vendorHost.test(hostname);
  const settings: Settings = {
    timeout: 10_000,
    retries: 3,
    concurrency: 4,
    callsPerSecond: isVendor ? vendorQps : 0,
    idempotentSends: !isVendor,
    fetch: (url, init) => fetch(url, init),
    on() {},
    wait,
    now: Date.now,
    random: Math.random,
    robotCode: undefined,
    ...given(options),
    endpoint: origin + pathname.replace(/\/+$/, ''),
    credentials: credentialsIn(options),
    serverTime: createServerTime(),
  };
  for (const [name, least, most] of bounds) {
    const value = settings[name];
    if (Number.isInteger(value) && value >= least && value <= most) continue;
    throw new TypeError(
      `${name} must be a whole number from ${least} ${most === Infinity ? 'on' : `to ${most}`}, not ${value}.`,
    );
  }
  return settings;
}

const bounds = [
  ['timeout', 1, longestTimer],
  ['retries', 0, Infinity],
  ['concurrency', 1, Infinity],
  ['callsPerSecond', 0, Infinity],
] as const;

function urlOf(endpoint: string | undefined): URL {
  const url = URL.canParse(endpoint ?? '') ? new URL(endpoint ?? '') : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url;
  const must = 'must be an http or https URL without a user and password, such as http://127.0.0.1:8720';
  throw new TypeError(`createClient: endpoint ${must}${endpoint === undefined ? '; it is missing' : ''}.`);
}

/** A program without types may hand over what its environment does not have. */
function credentialsIn(options: ClientOptions): Credentials {
  if ('token' in options && options.token && 'appSecret' in options && options.appSecret)
    throw new TypeError('createClient: give either token, or appKey and appSecret, not both.');
  if ('token' in options && options.token) return { token: options.token };
  if ('appKey' in options && options.appKey && options.appSecret) {
    const { appKey, appSecret, corpId } = options;
    return { appKey, appSecret, ...(corpId === undefined ? {} : { corpId }) };
  }
  throw new TypeError('Say who calls: appKey and appSecret, or a token.');
}

/** Without what is undefined, which would stand in the place of a default. */
function given(options: ClientOptions): Partial<ClientOptions> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const end = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(
      () => {
        signal?.removeEventListener('abort', end);
        resolve();
      },
      Math.min(milliseconds, longestTimer),
    );
    signal?.addEventListener('abort', end, { once: true });
  });
}
