import { longestTimer, vendorQps } from '../wire/limits.ts';
import {
  aBoolean,
  aFunction,
  aNumber,
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

/** The credentials of an app, or an access token. */
export type Credentials =
  | {
      readonly appKey: string;
      readonly appSecret: string;
      /** The organization for which a third-party app acts; absent for internal apps. */
      readonly corpId?: string;
    }
  | {
      /**
       * A token, or a function that returns one. The function is called again if the server rejects the previous token.
       */
      readonly token: string | (() => string | Promise<string>);
    };

/** An event for logs and metrics. It never contains a secret, a token or the content of a message. */
export type ClientEvent =
  | { readonly type: 'request'; readonly method: string; readonly path: string; readonly attempt: number }
  | {
      readonly type: 'answer';
      readonly method: string;
      readonly path: string;
      readonly attempt: number;
      readonly status: number;
      readonly requestId: string | undefined;
      /** Milliseconds from request to response. */
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

/** Options of a client. Only the endpoint and the credentials are required. */
export type ClientOptions = Credentials & {
  /** URL of the API, such as `http://127.0.0.1:8720` or `https://api.dingtalk.com`. */
  readonly endpoint: string;
  /** The robot of all calls that do not set their own. */
  readonly robotCode?: string;
  /** The number of the app, for all calls for work notices that do not set their own. */
  readonly agentId?: number;
  /** Replaces the global `fetch`. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Timeout of one attempt in milliseconds; default 10,000. */
  readonly timeout?: number;
  /** Maximum number of retries of a call, if a retry is safe; default 3. */
  readonly retries?: number;
  /** Maximum number of parallel calls of one send, recall or watch; default 4. */
  readonly concurrency?: number;
  /**
   * Maximum number of calls per second to each API; 0 is no limit. Default 20 for the vendor's hosts, which refuse
   * more, else 0.
   */
  readonly callsPerSecond?: number;
  /**
   * Whether the server supports the `idempotency-key` header, so that a send may be repeated if its response was lost.
   * huizhi does, the vendor does not. Default true, but false for the vendor's hosts. Set it to false for a proxy to
   * the vendor.
   */
  readonly idempotentSends?: boolean;
  /** Called for each event: request, response, retry and token request. */
  readonly on?: (event: ClientEvent) => void;
  /** Resolves after some milliseconds, or rejects with the signal's reason when the signal aborts. For tests. */
  readonly wait?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** Returns the time in epoch milliseconds. For tests. */
  readonly now?: () => number;
  /** Returns a number from 0 to 1, which spreads the waits before retries. For tests. */
  readonly random?: () => number;
};

/** Options of every call. */
export type CallOptions = {
  /** Replaces the robotCode of the client. */
  readonly robotCode?: string;
  /** Aborts the call and its waits; the call rejects with the signal's reason. */
  readonly signal?: AbortSignal;
};

/** The rules of the members of CallOptions. */
export const callOptionRules: Rules<keyof CallOptions> = { robotCode: aString, signal: aSignal };

const optionRules: Rules<Names<ClientOptions>> = {
  endpoint: filledString,
  appKey: aString,
  appSecret: aString,
  corpId: aString,
  token: stringOrFunction,
  robotCode: aString,
  agentId: aNumber,
  fetch: aFunction,
  // resolveOptions checks the bounds of these four.
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

/** The member names of all variants of a union type. */
type Names<T> = T extends unknown ? keyof T : never;

/** The options of a client, completed with defaults. */
export type Settings = Required<Omit<ClientOptions, 'robotCode' | 'agentId' | 'appKey' | 'appSecret' | 'token'>> & {
  readonly robotCode: string | undefined;
  readonly agentId: number | undefined;
  readonly credentials: Credentials;
  readonly serverTime: ServerTime;
  /** The URL for calls of the old host, which is another one for the vendor only. */
  readonly oldEndpoint: string;
};

/** The vendor's hosts: dingtalk.com in mainland China, dingtalk.io elsewhere. */
const vendorHost = /(^|\.)dingtalk\.(com|io)$/;

/**
 * Validates the options and fills in the defaults. Throws a TypeError for an unknown option, an invalid endpoint,
 * missing credentials, or a number out of bounds.
 */
export function resolveOptions(options: ClientOptions): Settings {
  checkMembers('createClient', options, optionRules);
  const { hostname, pathname, origin } = parseEndpoint(options.endpoint);
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
    agentId: undefined,
    ...omitUndefined(options),
    endpoint: origin + pathname.replace(/\/+$/, ''),
    oldEndpoint: origin.replace(/^(https?:\/\/)api(\.dingtalk\.)/, '$1oapi$2') + pathname.replace(/\/+$/, ''),
    credentials: selectCredentials(options),
    serverTime: createServerTime(),
  };
  for (const [name, least, most] of bounds) {
    const value = settings[name];
    if (Number.isInteger(value) && value >= least && value <= most) continue;
    throw new TypeError(
      `${name} must be a whole number ${most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`}, not ${value}.`,
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

function parseEndpoint(endpoint: string | undefined): URL {
  const url = URL.canParse(endpoint ?? '') ? new URL(endpoint ?? '') : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url;
  const must = 'must be an http or https URL without a user and password, such as http://127.0.0.1:8720';
  throw new TypeError(`createClient: endpoint ${must}${endpoint === undefined ? '; it is missing' : ''}.`);
}

/**
 * Selects the credentials. Ignores empty ones: a JavaScript program may pass environment variables that are not set.
 */
function selectCredentials(options: ClientOptions): Credentials {
  if ('token' in options && options.token && 'appSecret' in options && options.appSecret)
    throw new TypeError('createClient: give either token, or appKey and appSecret, not both.');
  if ('token' in options && options.token) return { token: options.token };
  if ('appKey' in options && options.appKey && options.appSecret) {
    const { appKey, appSecret, corpId } = options;
    return { appKey, appSecret, ...(corpId === undefined ? {} : { corpId }) };
  }
  throw new TypeError('createClient: give appKey and appSecret, or a token.');
}

/** Removes undefined members, which would otherwise override the defaults. */
function omitUndefined(options: ClientOptions): Partial<ClientOptions> {
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
