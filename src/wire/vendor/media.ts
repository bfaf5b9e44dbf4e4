/**
 * What can be uploaded: types with their sizes and formats.
 * https://open.dingtalk.com/document/development/upload-media-files
 */

/** Types of media, as callers name them. */
export const mediaTypes = ['image', 'voice', 'video', 'file'] as const;
export type MediaType = (typeof mediaTypes)[number];

const mebibyte = 1024 * 1024;

/** The largest size of a file of each type, in bytes. */
export const maxMediaBytes: Readonly<Record<MediaType, number>> = {
  image: 20 * mebibyte,
  voice: 2 * mebibyte,
  video: 20 * mebibyte,
  file: 20 * mebibyte,
};

/** The largest size of any file, in bytes. */
export const largestMedia = Math.max(...Object.values(maxMediaBytes));

/**
 * The formats that each type accepts, with the content type under which huizhi serves them. A format is the extension
 * that its content suggests; `cfb` is the container of the older formats of Microsoft Office.
 */
export const mediaFormats: Readonly<Record<MediaType, Readonly<Record<string, string>>>> = {
  image: { jpg: 'image/jpeg', gif: 'image/gif', png: 'image/png', apng: 'image/png', bmp: 'image/bmp' },
  // The upload page lists amr, mp3 and wav; the page about robot messages also names ogg.
  voice: { amr: 'audio/amr', mp3: 'audio/mpeg', wav: 'audio/wav', ogg: 'audio/ogg', opus: 'audio/ogg' },
  video: { mp4: 'video/mp4', m4v: 'video/mp4' },
  file: {
    cfb: 'application/x-cfb',
    docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
    zip: 'application/zip',
    pdf: 'application/pdf',
    rar: 'application/vnd.rar',
  },
};

/** Content types that a browser shows or plays. Every other one is offered for download. */
export const inlineTypes: ReadonlySet<string> = new Set([
  'image/jpeg',
  'image/gif',
  'image/png',
  'image/bmp',
  'audio/mpeg',
  'audio/wav',
  'audio/ogg',
  'video/mp4',
]);

/** Whether a text names a type of media. */
export function isMediaType(text: string): text is MediaType {
  return (mediaTypes as readonly string[]).includes(text);
}

/** The fields of a msgParam that may hold a media_id, by msgKey. */
const mediaFields: Readonly<Record<string, readonly string[]>> = {
  sampleImageMsg: ['photoURL'],
  sampleLink: ['picUrl'],
  sampleAudio: ['mediaId'],
  sampleFile: ['mediaId'],
  sampleVideo: ['videoMediaId', 'picMediaId'],
  webhookLink: ['picUrl'],
  noticeImage: ['media_id'],
  noticeVoice: ['media_id'],
  noticeFile: ['media_id'],
  noticeLink: ['picUrl'],
  // In the body of the message.
  noticeOa: ['image'],
  personPicture: ['mediaId'],
  personAudio: ['mediaId'],
  personVideo: ['mediaId'],
  personFile: ['mediaId'],
  // In the parts of the message.
  personRichText: ['mediaId'],
};

/** Whether messages of a kind can name media. */
export function mayNameMedia(msgKey: string): boolean {
  return Object.hasOwn(mediaFields, msgKey);
}

/** The longest media_id in characters. */
const longestId = 200;

/** Returns the media_ids that a message names, without repetitions. `msgParam` is a JSON object. */
export function listMediaIds(msgKey: string, msgParam: string): readonly string[] {
  if (!mayNameMedia(msgKey)) return [];
  const param = JSON.parse(msgParam) as Fields;
  const named = listPlaces(msgKey, param).flatMap((values) =>
    (mediaFields[msgKey] ?? []).flatMap((field) => {
      const value = Object.hasOwn(values, field) ? values[field] : undefined;
      return typeof value === 'string' && /^[@$]/.test(value) && value.length <= longestId ? [value] : [];
    }),
  );
  return [...new Set(named)];
}

type Fields = Readonly<Record<string, unknown>>;

/** Returns the objects of a msgParam that may name media. */
function listPlaces(msgKey: string, param: Fields): readonly Fields[] {
  if (msgKey === 'noticeOa') return [Object(param.body) as Fields];
  if (msgKey !== 'personRichText') return [param];
  return Array.isArray(param.richText) ? param.richText.map((part: unknown) => Object(part) as Fields) : [];
}

/** The longest name of a file, in characters. */
const longestName = 200;

/** Characters of a name: a base name is cut before its extension, so that the extension stays. */
const longestExtension = 12;

/**
 * Cleans the name of an uploaded file: without folders, control and format characters, and lone surrogates, and cut to
 * 200 characters. Returns `fallback` if nothing is left.
 */
export function cleanFileName(name: string, fallback: string): string {
  const base = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  const clean = base
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, '')
    .replaceAll(/[<>:"|?*]/g, '_')
    .replace(/^[\s.]+|[\s.]+$/g, '');
  const characters = [...clean];
  if (characters.length === 0) return fallback;
  if (characters.length <= longestName) return clean;
  const extension = new RegExp(`\\.[^.]{1,${longestExtension}}$`, 'u').exec(clean)?.[0] ?? '';
  return characters.slice(0, longestName - [...extension].length).join('') + extension;
}
