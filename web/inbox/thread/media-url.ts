/** The form of the ids of uploaded files. Others are of another server, so nothing is requested for them. */
const ownId = /^@[\w-]{32}$/;

/** Returns the path of a file that a message names, or undefined if the id cannot be one of this server. */
export type MediaUrl = (messageId: string, mediaId: string) => string | undefined;

/** The path for the recipient of the message. */
export const inboxMediaUrl: MediaUrl = (messageId, mediaId) =>
  ownId.test(mediaId) ? `/inbox/v1/messages/${messageId}/media/${encodeURIComponent(mediaId)}` : undefined;

/** The path for operators. */
export function consoleMediaUrl(corpId: string): MediaUrl {
  return (_, mediaId) =>
    ownId.test(mediaId)
      ? `/console/v1/media/${encodeURIComponent(mediaId)}/content?corpId=${encodeURIComponent(corpId)}`
      : undefined;
}

/** Whether a text is an id of a file, as senders get it from an upload, and not a URL. */
export function isMediaId(text: string): boolean {
  return /^[@$][\w+/=-]+$/.test(text);
}
