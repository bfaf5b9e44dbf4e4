/**
 * `huizhi/client`: sends robot messages, queries who has read them, and recalls them. Runs in any environment with
 * `fetch`.
 */
export type { Client, DingClient, NoticeClient } from './client.ts';
export { createClient } from './client.ts';
export type { DingChannel, DingOptions, DingReceiver, SentDing } from './ding.ts';
export type { ApiCode } from './errors.ts';
export { ApiError, ClientError, ConnectionError, isThrottled } from './errors.ts';
export type { FoundUsers } from './find-users.ts';
export type { GroupMessage, GroupReader, GroupSendOptions, SentToGroup } from './groups.ts';
export type {
  HeldBack,
  NoticeCallOptions,
  NoticeContent,
  NoticeOptions,
  NoticeProgress,
  NoticeResult,
  SentNotice,
} from './notices.ts';
export type { CallOptions, ClientEvent, ClientOptions, Credentials } from './options.ts';
export type { Receipt, Recipient } from './read-status.ts';
export type { RecallResult } from './recall.ts';
export type { Content, FailedChunk, SendOptions, SendResult, SentMessage } from './send.ts';
export { SendError } from './send.ts';
export type { UploadedMedia, UploadOptions } from './upload.ts';
export type { Change, Watched, WatchOptions } from './watch.ts';
