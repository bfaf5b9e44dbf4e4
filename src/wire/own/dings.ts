/** Schemas of DINGs in our own APIs: inbox, console and emulator. */
import { z } from 'zod';
import { maxDingReceivers, maxReadIds } from '../limits.ts';
import { cleanText, code, epochMs, readManner, strictObject } from '../schema.ts';
import { pageCursor, pageParameters } from './console.ts';

const dingId = z.string().describe('Identifies the DING; not the openDingId.');
const channel = z.enum(['app', 'sms', 'phone']);
const state = z.enum(['unread', 'read', 'recalled']);

/** Query parameters of `GET /inbox/v1/dings`. */
export const inboxDingsQuery = strictObject(pageParameters);

/** A DING in the inbox of a receiver. */
const inboxDing = z.object({
  dingId,
  robotCode: z.string(),
  robotName: z.string(),
  channel: channel.describe('How the robot reminds: in the app, by SMS or by phone.'),
  content: z.string(),
  sentAt: epochMs(),
  readAt: epochMs().nullable().describe('Time of the first read; null while unread.'),
});

export type InboxDing = z.infer<typeof inboxDing>;

/** Response of `GET /inbox/v1/dings`: the unread DINGs, newest first. */
export const inboxDingsAnswer = z.object({ dings: z.array(inboxDing), cursor: pageCursor });
export type InboxDingsAnswer = z.infer<typeof inboxDingsAnswer>;

/** Request body of `POST /inbox/v1/dings/read`. */
export const inboxDingReadBody = strictObject({
  dingIds: z.array(cleanText(64).min(1)).max(maxReadIds),
  manner: readManner().default('mark'),
});

/** Response of `POST /inbox/v1/dings/read`. */
export const inboxDingReadAnswer = z.object({
  read: z.int().min(0).describe('Number of DINGs that were unread before.'),
});
export type InboxDingReadAnswer = z.infer<typeof inboxDingReadAnswer>;

/** Data of the event `ding`: a DING arrived. */
export const inboxDingEvent = inboxDing;

/** Data of the event `dingRead`: the user read a DING, on this or another device. */
export const inboxDingReadEvent = z.object({ dingId, readAt: epochMs() });

/** Data of the event `dingRecall`: a DING was recalled. */
export const inboxDingRecallEvent = z.object({ dingId });

/** One delivery of a DING to one receiver. */
const delivery = {
  robotCode: z.string(),
  robotName: z.string(),
  userId: z.string(),
  name: z.string(),
  channel,
  state,
  callVoice: z.string().nullable().describe('The voice of a call; null for other channels.'),
  content: z.string().describe('Empty after a recall.'),
  sentAt: epochMs(),
  readAt: epochMs().nullable(),
  recalledAt: epochMs().nullable(),
};

/** Query parameters of `GET /console/v1/dings`. */
export const consoleDingsQuery = strictObject({
  corpId: code(),
  channel: channel.optional(),
  state: state.optional(),
  ...pageParameters,
});

/** Response of `GET /console/v1/dings`, newest DING first. */
export const consoleDingsAnswer = z.object({
  deliveries: z.array(z.object({ dingId, ...delivery })),
  cursor: pageCursor,
});
export type ConsoleDingsAnswer = z.infer<typeof consoleDingsAnswer>;

const quota = z.int().min(0).max(1_000_000_000).nullable();
const used = z.int().min(0).describe('Number sent so far.');
const quotaState = z.object({ quota: quota.describe('Number allowed in total; null for any number.'), used });

/** The quotas of an organization: response of `GET` and `PUT /console/v1/organizations/{corpId}/dingQuota`. */
export const dingQuotaAnswer = z.object({ sms: quotaState, phone: quotaState });
export type DingQuotaAnswer = z.infer<typeof dingQuotaAnswer>;

const quotas = {
  sms: quota.optional().describe('SMS allowed in total; null for any number.'),
  phone: quota.optional().describe('Calls allowed in total; null for any number.'),
};

/** Request body of `PUT /console/v1/organizations/{corpId}/dingQuota`. An absent member stays unchanged. */
export const dingQuotaBody = strictObject(quotas);

/** Query parameters of `GET /emulator/v1/dings`. */
export const emulatorDingsQuery = strictObject({
  corpId: code().describe('The organization.'),
  channel: channel.optional(),
  state: state.optional(),
  ...pageParameters,
});

/** Response of `GET /emulator/v1/dings`, newest DING first. */
export const emulatorDingsAnswer = z.object({
  deliveries: z.array(z.object({ openDingId: z.string(), ...delivery })),
  cursor: pageCursor,
});
export type EmulatorDingsAnswer = z.infer<typeof emulatorDingsAnswer>;

/** Request body of `POST /emulator/v1/dings/read`. */
export const emulatorDingReadBody = strictObject({
  openDingId: cleanText(256),
  userIds: z.array(code()).max(maxDingReceivers).optional().describe('The receivers who read the DING. Default: all.'),
  manner: readManner().default('seen'),
});

/** Request body of `PUT /emulator/v1/dingQuotas`, which returns the quotas. An absent member stays unchanged. */
export const emulatorDingQuotaBody = strictObject({ corpId: code(), ...quotas });
