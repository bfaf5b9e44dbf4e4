import { createCaller } from './call.ts';
import { checkMembers } from './check.ts';
import { type CallOptions, type ClientOptions, callOptionRules, settle } from './options.ts';
import { type Receipt, readStatus } from './read-status.ts';
import { type RecallResult, recall } from './recall.ts';
import { type SendOptions, type SendResult, send } from './send.ts';
import { type Change, type Watched, type WatchOptions, watch } from './watch.ts';

/** The robot API of huizhi, or of the vendor. */
export type Client = {
  /**
   * Sends to any number of users: 20 at a time, several of these at once, one result for all. Rejects with a SendError when no part was
   * accepted, be it only since the organization has none of the users.
   */
  send(options: SendOptions): Promise<SendResult>;
  /** Asks once who has read a message. Rejects with an ApiError or a ConnectionError. */
  readStatus(processQueryKey: string, options?: CallOptions): Promise<Receipt>;
  /** Yields each change of messages until all of them have ended: everyone has read, it was recalled, or its window has closed. */
  watch(messages: Watched | readonly Watched[], options?: WatchOptions): AsyncGenerator<Change, void, undefined>;
  /** Recalls any number of messages, 20 at a time; each key succeeds or fails by itself. */
  recall(keys: string | readonly string[], options?: CallOptions): Promise<RecallResult>;
};

/** Makes a client. It asks for nothing until it is used, and keeps one token for all of its calls. */
export function createClient(options: ClientOptions): Client {
  const caller = createCaller(settle(options));
  return {
    send: (what) => send(caller, what),
    async readStatus(processQueryKey, more = {}) {
      checkMembers('readStatus', more, callOptionRules);
      return readStatus(caller, processQueryKey, more);
    },
    watch: (messages, more) => watch(caller, messages, more),
    async recall(keys, more = {}) {
      checkMembers('recall', more, callOptionRules);
      return recall(caller, keys, more);
    },
  };
}
