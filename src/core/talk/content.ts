import type { Media } from '../../store/model.ts';
import { huizhiError, type WireError } from '../../wire/errors.ts';
import { maxSpeechBytes } from '../../wire/limits.ts';
import type { SayContent } from '../../wire/own/talk.ts';
import type { MediaType } from '../../wire/vendor/media.ts';
import { type PersonType, sharedTypes } from '../../wire/vendor/person-kinds.ts';
import type { Context } from '../context.ts';

/** A part of a message with texts and pictures. */
export type RichTextPart = { readonly text: string } | { readonly mediaId: string };

/** The content of a message of a person. */
export type Spoken =
  | { readonly type: 'text'; readonly content: string }
  | { readonly type: 'richText'; readonly richText: readonly RichTextPart[] }
  | { readonly type: 'picture'; readonly mediaId: string }
  | { readonly type: 'audio'; readonly mediaId: string; readonly duration: number; readonly recognition?: string }
  | { readonly type: 'video'; readonly mediaId: string; readonly duration: number; readonly videoType: string }
  | { readonly type: 'file'; readonly mediaId: string; readonly fileName: string };

/**
 * Checks the content of a message, and that its files exist. Fields of other types of messages are refused.
 *
 * @param isShared whether several people read it
 * @throws WireError `huizhi.badRequest`, and `huizhi.notFound` for an unknown file
 */
export async function parseSpoken(
  context: Context,
  corpId: number,
  given: SayContent,
  isShared: boolean,
): Promise<Spoken> {
  const type = given.msgtype;
  if (isShared && !sharedTypes.includes(type))
    throw refuse(`msgtype: only ${sharedTypes.join(', ')} can be written in a conversation of several people`);
  const other = Object.entries(fieldsOf).find(
    ([name, types]) => given[name as keyof typeof fieldsOf] !== undefined && !types.includes(type),
  );
  if (other) throw refuse(`${other[0]}: is not for a message of type ${type}`);
  const spoken = await parsers[type](context, corpId, given);
  const bytes = Buffer.byteLength(JSON.stringify(spoken));
  if (bytes > maxSpeechBytes) throw refuse(`the message has ${bytes} bytes, and the limit is ${maxSpeechBytes}`);
  return spoken;
}

/** The types of messages that have a field. */
const fieldsOf: Readonly<
  Record<'text' | 'richText' | 'mediaId' | 'duration' | 'recognition' | 'fileName', readonly PersonType[]>
> = {
  text: ['text'],
  richText: ['richText'],
  mediaId: ['picture', 'audio', 'video', 'file'],
  duration: ['audio', 'video'],
  recognition: ['audio'],
  fileName: ['file'],
};

type Parser = (context: Context, corpId: number, given: SayContent) => Promise<Spoken> | Spoken;

const parsers: Readonly<Record<PersonType, Parser>> = {
  text: (_, __, { text }) => {
    if (text === undefined) throw refuse('text: is missing');
    if (text.content.trim() === '') throw refuse('text.content: is blank');
    return { type: 'text', content: text.content };
  },
  richText: async (context, corpId, { richText = [] }) => {
    if (richText.length === 0) throw refuse('richText: is missing');
    const parts = richText.map(({ text, mediaId }, i): RichTextPart => {
      if (text !== undefined && mediaId === undefined) return { text };
      if (mediaId !== undefined && text === undefined) return { mediaId };
      throw refuse(`richText.${i}: needs a text or a mediaId`);
    });
    for (const part of parts) if ('mediaId' in part) await findFile(context, corpId, part.mediaId, 'image');
    return { type: 'richText', richText: parts };
  },
  picture: async (context, corpId, { mediaId }) => {
    const { code } = await findFile(context, corpId, mediaId, 'image');
    return { type: 'picture', mediaId: code };
  },
  audio: async (context, corpId, { mediaId, duration = 0, recognition }) => {
    const { code } = await findFile(context, corpId, mediaId, 'voice');
    return { type: 'audio', mediaId: code, duration, ...(recognition !== undefined && { recognition }) };
  },
  video: async (context, corpId, { mediaId, duration = 0 }) => {
    const { code } = await findFile(context, corpId, mediaId, 'video');
    return { type: 'video', mediaId: code, duration, videoType: 'mp4' };
  },
  file: async (context, corpId, { mediaId, fileName }) => {
    const { code, name } = await findFile(context, corpId, mediaId, 'file');
    return { type: 'file', mediaId: code, fileName: fileName ?? name };
  },
};

async function findFile(
  { store }: Context,
  corpId: number,
  mediaId: string | undefined,
  type: MediaType,
): Promise<Media> {
  if (mediaId === undefined) throw refuse('mediaId: is missing');
  const media = await store.media.find(corpId, mediaId);
  if (!media) throw huizhiError('huizhi.notFound', `no file has the mediaId ${mediaId}`);
  if (media.type !== type) throw refuse(`mediaId: the file was uploaded as ${media.type}, not as ${type}`);
  return media;
}

export function refuse(reason: string): WireError {
  return huizhiError('huizhi.badRequest', reason);
}
