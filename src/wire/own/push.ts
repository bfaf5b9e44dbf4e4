/** Schemas of the console's calls for the encrypted HTTP pushes of an app. */

import { z } from 'zod';
import { maxCallbackToken, minCallbackToken } from '../limits.ts';
import { epochMs, strictObject } from '../schema.ts';
import { callbackTags } from '../vendor/values.ts';
import { pageParameters } from './console.ts';
import { addressText, endpointUrl } from './endpoints.ts';
import { appEventProgress } from './stream.ts';

/** The token of pushes, which signatures are made with. */
export const pushToken = () =>
  z
    .string()
    .min(minCallbackToken, `must have at least ${minCallbackToken} characters`)
    .max(maxCallbackToken, `must have at most ${maxCallbackToken} characters`)
    .regex(/^[\x20-\x7e]*$/, 'must be printable ASCII');

/** The AES key of pushes. */
export const pushAesKey = () => z.string().regex(/^[A-Za-z\d]{43}$/, 'must be 43 letters and digits');

/** The types of events that an address gets. */
const pushTypes = () => z.array(z.enum(callbackTags)).min(1).max(callbackTags.length);

/** Request body of `PUT /console/v1/apps/{appKey}/push`. */
export const pushBody = strictObject({
  url: endpointUrl().describe('It must answer a push of check_url with the encrypted text success.'),
  types: pushTypes(),
  token: pushToken()
    .optional()
    .describe('Required with a new address, like aesKey; both stay as they are without them.'),
  aesKey: pushAesKey().optional(),
});

/** Response of `GET` and `PUT /console/v1/apps/{appKey}/push`. The members are null without an address. */
export const pushAnswer = z.object({
  url: z.string().nullable().describe(addressText),
  types: z.array(z.enum(callbackTags)),
  ownerKey: z
    .string()
    .nullable()
    .describe(
      'What programs call ownerKey or suiteKey: the appKey, or the corpId if the app has registered the address.',
    ),
  oldKeysUntil: epochMs().nullable().describe('Until then, answers may be encrypted with the previous keys.'),
  ...appEventProgress,
});
export type PushAnswer = z.infer<typeof pushAnswer>;

/** Query of `GET /console/v1/apps/{appKey}/push/deliveries`. */
export const pushDeliveriesQuery = strictObject({
  state: z.enum(['waiting', 'failed']).optional(),
  ...pageParameters,
});
