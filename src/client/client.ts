import { createCaller } from './call.ts';
import { checkMembers } from './check.ts';
import { type DingOptions, type DingReceiver, readDing, recallDing, type SentDing, sendDing } from './ding.ts';
import { type FoundUsers, findUsers } from './find-users.ts';
import {
  type GroupMessage,
  type GroupReader,
  type GroupSendOptions,
  readGroupReaders,
  recallFromGroup,
  type SentToGroup,
  sendToGroup,
} from './groups.ts';
import {
  type NoticeCallOptions,
  type NoticeOptions,
  type NoticeProgress,
  type NoticeResult,
  readNoticeProgress,
  readNoticeResult,
  recallNotice,
  type SentNotice,
  sendNotice,
} from './notices.ts';
import { type CallOptions, type ClientOptions, callOptionRules, resolveOptions } from './options.ts';
import { type Receipt, readStatus } from './read-status.ts';
import { type RecallResult, recall } from './recall.ts';
import { type SendOptions, type SendResult, send } from './send.ts';
import { type UploadedMedia, type UploadOptions, upload } from './upload.ts';
import { type Change, type Watched, type WatchOptions, watch } from './watch.ts';

/** A client of the robot API, of huizhi or of the vendor. */
export type Client = {
  /**
   * Sends a message to any number of users, in parts of up to 20 users, several parts in parallel. Resolves to one
   * result for all parts. Rejects with a SendError if no part was accepted, also if the organization has none of the
   * users; with a TypeError for invalid options.
   */
  send(options: SendOptions): Promise<SendResult>;
  /** Queries once who has read a message. Rejects with an ApiError or a ConnectionError. */
  readStatus(processQueryKey: string, options?: CallOptions): Promise<Receipt>;
  /**
   * Polls messages and yields each change. Ends when all messages have ended: everyone has read, the message was
   * recalled, its read window has closed, or it cannot be queried.
   */
  watch(messages: Watched | readonly Watched[], options?: WatchOptions): AsyncGenerator<Change, void, undefined>;
  /**
   * Uploads a file, for messages with pictures, sounds, videos and files. Rejects with an ApiError whose code is the
   * `errcode` of the call, such as `40006`.
   */
  upload(options: UploadOptions): Promise<UploadedMedia>;
  /**
   * Recalls any number of messages, up to 20 per call. Each key succeeds or fails independently. Rejects only if every
   * call failed.
   */
  recall(keys: string | readonly string[], options?: CallOptions): Promise<RecallResult>;
  /**
   * Finds the users with these mobiles, to send to them. The app needs the permission `qyapi_get_member_by_mobile`.
   * Rejects with an ApiError or a ConnectionError.
   */
  findUsers(mobiles: string | readonly string[], options?: CallOptions): Promise<FoundUsers>;
  /** Sends a message to a group. Rejects with an ApiError or a ConnectionError; with a TypeError for invalid options. */
  sendToGroup(options: GroupSendOptions): Promise<SentToGroup>;
  /**
   * Queries page by page which members have read a message to a group, in the order of reading. Throws an ApiError or a
   * ConnectionError.
   */
  readers(message: GroupMessage, options?: CallOptions): AsyncGenerator<GroupReader, void, undefined>;
  /** Recalls any number of messages to a group, as `recall` does. */
  recallFromGroup(
    openConversationId: string,
    keys: string | readonly string[],
    options?: CallOptions,
  ): Promise<RecallResult>;
  /** DINGs: reminders in the app, by SMS or by phone. */
  readonly ding: DingClient;
  /** Work notices: messages of an app to users, departments or everybody. */
  readonly notices: NoticeClient;
};

/** The calls for work notices. Each rejects with an ApiError, whose code is the `errcode`, or a ConnectionError. */
export type NoticeClient = {
  /** Sends a work notice, which is delivered in the background. Rejects with a TypeError for invalid options. */
  send(options: NoticeOptions): Promise<SentNotice>;
  /** Queries how far the delivery is, up to 7 days after the send. */
  progress(taskId: number, options?: NoticeCallOptions): Promise<NoticeProgress>;
  /** Queries who has read it, who has not, and who did not get it, up to 24 hours after the send. */
  result(taskId: number, options?: NoticeCallOptions): Promise<NoticeResult>;
  /** Recalls it from all receivers, up to 24 hours after the send. */
  recall(taskId: number, options?: NoticeCallOptions): Promise<void>;
};

/** The calls for DINGs. Each rejects with an ApiError or a ConnectionError. */
export type DingClient = {
  /**
   * Sends a DING to up to 200 users, up to 20 by SMS or phone. Rejects also if the organization has none of the users;
   * with a TypeError for invalid options.
   */
  send(options: DingOptions): Promise<SentDing>;
  /** Recalls a DING. */
  recall(openDingId: string, options?: CallOptions): Promise<void>;
  /** Queries who has read a DING, in the order of the send. */
  readStatus(openDingId: string, options?: CallOptions): Promise<readonly DingReceiver[]>;
};

/**
 * Creates a client. It sends no request until its first call, and caches one token for all calls. Throws a TypeError
 * for unknown or invalid options.
 */
export function createClient(options: ClientOptions): Client {
  const caller = createCaller(resolveOptions(options));
  return {
    send: (what) => send(caller, what),
    async readStatus(processQueryKey, more = {}) {
      checkMembers('readStatus', more, callOptionRules);
      return readStatus(caller, processQueryKey, more);
    },
    upload: async (options) => upload(caller, options),
    watch: (messages, more) => watch(caller, messages, more),
    async recall(keys, more = {}) {
      checkMembers('recall', more, callOptionRules);
      return recall(caller, keys, more);
    },
    sendToGroup: async (options) => sendToGroup(caller, options),
    readers: (message, more) => readGroupReaders(caller, message, more),
    recallFromGroup: async (group, keys, more) => recallFromGroup(caller, group, keys, more),
    ding: {
      send: (what) => sendDing(caller, what),
      recall: (openDingId, more) => recallDing(caller, openDingId, more),
      readStatus: (openDingId, more) => readDing(caller, openDingId, more),
    },
    notices: {
      send: (what) => sendNotice(caller, what),
      progress: (taskId, more) => readNoticeProgress(caller, taskId, more),
      result: (taskId, more) => readNoticeResult(caller, taskId, more),
      recall: (taskId, more) => recallNotice(caller, taskId, more),
    },
    async findUsers(mobiles, more = {}) {
      checkMembers('findUsers', more, callOptionRules);
      return findUsers(caller, mobiles, more);
    },
  };
}
