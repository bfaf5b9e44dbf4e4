import { isOwnMedia, type MediaUrl } from '../../inbox/thread/media-url.ts';

/** Creates the paths of the files of an organization, for operators. */
export function createMediaUrl(corpId: string): MediaUrl {
  const query = new URLSearchParams({ corpId });
  return (_, mediaId) =>
    isOwnMedia(mediaId) ? `/console/v1/media/${encodeURIComponent(mediaId)}/content?${query}` : undefined;
}
