/** Whether an id can be one of this server. Others are of another one, so nothing is requested for them. */
export function isOwnMedia(mediaId: string): boolean {
  return /^@[\w-]{32}$/.test(mediaId);
}

/** Returns the path of a file that a message names, or undefined if the id cannot be one of this server. */
export type MediaUrl = (messageId: string, mediaId: string) => string | undefined;

/** The path for the recipient of the message. */
export const inboxMediaUrl: MediaUrl = (messageId, mediaId) =>
  isOwnMedia(mediaId) ? `/inbox/v1/messages/${messageId}/media/${encodeURIComponent(mediaId)}` : undefined;

/** Whether a text is an id of a file, as senders get it from an upload, and not a URL. */
export function isMediaId(text: string): boolean {
  return /^[@$][\w+/=-]+$/.test(text);
}
