/**
 * Schemas of `POST /v1.0/gateway/connections/open`, which opens a connection of Stream mode.
 * https://open-dingtalk.github.io/developerpedia/docs/learn/stream/protocol
 */
import { z } from 'zod';
import { maxSubscriptions } from '../limits.ts';

/** Request body. The SDKs send more, such as `localIp` and `extras`, which is ignored. */
export const openConnectionBody = z.object({
  clientId: z.string().describe('Client ID of the app (AppKey, or SuiteKey of a third-party app).'),
  clientSecret: z.string().describe('Client secret of the app.'),
  subscriptions: z
    .array(
      z.object({
        type: z.enum(['CALLBACK', 'EVENT', 'SYSTEM']),
        topic: z.string().describe('A topic of callbacks; * for events.'),
      }),
    )
    .min(1)
    .max(maxSubscriptions)
    .describe('What the connection gets. Topics without pushes are ignored.'),
  ua: z.string().optional().describe('What the client is, such as dingtalk-sdk-python/v0.24.3-union.'),
});

/** Response. */
export const openConnectionAnswer = z.object({
  endpoint: z.string().describe('The address of the WebSocket, always with a port.'),
  ticket: z.string().describe('Goes into the query as ticket; opens one connection within 90 seconds.'),
});
export type OpenConnectionAnswer = z.infer<typeof openConnectionAnswer>;
