import type { Robot } from '../../store/model.ts';
import type { TalkMessage } from '../../store/talk/messages.ts';
import { listMediaIds } from '../../wire/vendor/media.ts';
import { findKindByNumber } from '../../wire/vendor/messages.ts';
import { personTypeOf } from '../../wire/vendor/person-kinds.ts';
import type { Context } from '../context.ts';
import { createDownloadCode } from '../media/download.ts';
import { visibleTexts } from '../search/visible-text.ts';
import { ensureDingtalkId } from './ids.ts';

/** Who gets the quote. */
type Hearer = { readonly organization: { readonly corpId: number }; readonly robot: Robot };

/** The `msgType` of quoted messages of robots, by msgKey; of other kinds `unknownMsgType`. */
const typesOfRobots: Readonly<Record<string, string>> = {
  sampleText: 'text',
  officialTextMsg: 'text',
  webhookText: 'text',
  sampleMarkdown: 'markdown',
  officialMarkdownMsg: 'markdown',
  webhookMarkdown: 'markdown',
  sampleImageMsg: 'picture',
  officialImageMsg: 'picture',
  sampleAudio: 'audio',
  sampleVideo: 'video',
  sampleFile: 'file',
};

/** Renders the quoted message as a robot gets it. It is undocumented; the fields are those that public programs read. */
export async function renderReplied(context: Context, { organization, robot }: Hearer, quoted: TalkMessage) {
  const { corpId } = organization;
  const { messageId, robotId, personId, sentAt, kind } = quoted;
  const { msgKey } = findKindByNumber(kind);
  const sender = personId === null ? { robotId, userId: 0 } : { robotId: 0, userId: personId };
  return {
    msgType: personTypeOf(kind) ?? typesOfRobots[msgKey] ?? 'unknownMsgType',
    msgId: context.seal.sealMsgId(corpId, messageId),
    senderId: await ensureDingtalkId(context, corpId, sender),
    createdAt: sentAt,
    content: await renderContent(context, corpId, robot, msgKey, quoted),
  };
}

async function renderContent(
  context: Context,
  corpId: number,
  { id: robotId }: Robot,
  msgKey: string,
  { messageId, param }: TalkMessage,
): Promise<Readonly<Record<string, unknown>>> {
  if (param === null) return {};
  const texts = visibleTexts(msgKey, param);
  const text = texts.flatMap(({ field, text: one }) => (field === 'text' || field === 'title' ? one : [])).join(' ');
  const fileName = texts.find(({ field }) => field === 'fileName')?.text;
  const [mediaCode] = listMediaIds(msgKey, param);
  const media = mediaCode === undefined ? undefined : await context.store.media.find(corpId, mediaCode);
  const code = media && createDownloadCode(context, { corpId, robotId, messageId, mediaId: media.id }).downloadCode;
  return {
    ...(text !== '' && { text }),
    ...(fileName !== undefined && { fileName }),
    ...(code !== undefined && { downloadCode: code }),
  };
}
