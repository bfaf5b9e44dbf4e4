/**
 * The errors of Stream mode.
 * https://open-dingtalk.github.io/developerpedia/docs/learn/stream/protocol
 */
import { createRows } from './row.ts';

/** Rows of Stream mode, all of layer `business`. */
export const streamRows = createRows('business', {
  authFailed: {
    status: 401,
    message: '鉴权失败',
    summary:
      'No app has this clientId and clientSecret. With status 403: the ticket of a WebSocket handshake is unknown, used, expired or void, or the handshake comes from a page of another site.',
  },
  invalidParameter: {
    status: 400,
    message: '{field} invalid',
    summary: 'The subscriptions of a connection are an empty list, too many, or of an unknown type.',
  },
});
