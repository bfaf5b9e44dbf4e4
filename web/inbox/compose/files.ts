import type { InboxMediaAnswer, InboxSayBody } from '../../../src/client/answers.ts';

type MediaType = InboxMediaAnswer['type'];

/** The largest file that the server takes, in bytes. */
export const mostFileBytes = 20 * 1024 * 1024;

/** The types of messages by the type of their file. */
const msgtypes: Readonly<Record<MediaType, InboxSayBody['msgtype']>> = {
  image: 'picture',
  voice: 'audio',
  video: 'video',
  file: 'file',
};

/** The files that a chooser offers; several people can get pictures alone. */
export const acceptedIn = (isShared: boolean) =>
  isShared
    ? 'image/jpeg,image/png,image/gif,image/bmp'
    : 'image/*,audio/*,video/mp4,.amr,.pdf,.doc,.docx,.xls,.xlsx,.ppt,.pptx,.zip,.rar';

/** Returns the type under which a file is uploaded. */
export function mediaTypeOf({ type, name }: Pick<File, 'type' | 'name'>): MediaType {
  if (/^image\/(jpeg|png|apng|gif|bmp|x-ms-bmp)$/.test(type)) return 'image';
  if (type.startsWith('audio/') || /\.(amr|mp3|wav|ogg)$/i.test(name)) return 'voice';
  return type.startsWith('video/') ? 'video' : 'file';
}

/** Returns the content of a message with a file, without its id. */
export async function describeFile(file: File, type: MediaType): Promise<Pick<InboxSayBody, 'msgtype' | 'duration'>> {
  const msgtype = msgtypes[type];
  if (type === 'voice') return { msgtype, ...(await toDuration(measureAudio(file))) };
  return type === 'video' ? { msgtype, ...(await toDuration(measureVideo(file))) } : { msgtype };
}

async function toDuration(measured: Promise<number | undefined>) {
  const seconds = await measured.catch(() => undefined);
  if (seconds === undefined || !Number.isFinite(seconds) || seconds < 0 || seconds > 86_400) return {};
  return { duration: Math.round(seconds * 1000) };
}

/** Reads the length of a recording in seconds. A format that the browser cannot play has none. */
async function measureAudio(file: File): Promise<number> {
  const context = new OfflineAudioContext(1, 1, 8000);
  return (await context.decodeAudioData(await file.arrayBuffer())).duration;
}

/** Reads the length of a video in seconds from the header of the movie: time scale and duration are after its dates. */
async function measureVideo(file: File): Promise<number | undefined> {
  const view = new DataView(await file.arrayBuffer());
  const header = findHeader(view);
  if (header === undefined) return undefined;
  const isLong = view.getUint8(header) === 1;
  const scale = view.getUint32(header + (isLong ? 20 : 12));
  const length = isLong ? Number(view.getBigUint64(header + 24)) : view.getUint32(header + 16);
  return scale === 0 ? undefined : length / scale;
}

/** Finds the content of the box `mvhd`. */
function findHeader(view: DataView): number | undefined {
  const name = 0x6d766864;
  for (let at = 0; at + 36 < view.byteLength; at++) if (view.getUint32(at) === name) return at + 4;
  return undefined;
}
