import { type MediaType, mediaFormats, mediaTypes } from '../../wire/vendor/media.ts';

/** The format that the first bytes of a file have: the content type, for each type of media that accepts it. */
export type Detected = Partial<Readonly<Record<MediaType, string>>>;

/**
 * Detects the format of a file from its first bytes. The result is empty if no type of media accepts it. The library is
 * loaded with the first upload.
 */
export async function detectFormat(head: Uint8Array): Promise<Detected> {
  const { fileTypeFromBuffer } = await import('file-type');
  // A format that is cut off in its header is an unknown one.
  const found = await fileTypeFromBuffer(head).catch(() => undefined);
  const format = found?.ext ?? (isZip(head) ? 'zip' : undefined);
  if (format === undefined) return {};
  return Object.fromEntries(
    mediaTypes.flatMap((type) => {
      const mime = Object.hasOwn(mediaFormats[type], format) ? mediaFormats[type][format] : undefined;
      return mime === undefined ? [] : [[type, mime]];
    }),
  );
}

/** Whether a file begins with the header of an entry of a ZIP archive. */
function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4;
}
