import type { Conversation } from '../../store/conversations/conversations.ts';
import type { Organization, Robot } from '../../store/model.ts';
import type { RobotChat } from '../../store/talk/chats.ts';
import type { TalkMessage } from '../../store/talk/messages.ts';
import type { Context } from '../context.ts';
import { createDownloadCode } from '../media/download.ts';
import type { Spoken } from './content.ts';
import { ensureDingtalkId, renderSessionPath } from './ids.ts';
import { listNames, removeNames } from './names.ts';
import type { Named } from './places.ts';
import { renderReplied } from './replied.ts';

/** A message of a person that a robot gets. */
export type Heard = {
  readonly organization: Organization;
  readonly robot: Robot;
  readonly chat: RobotChat;
  /** The conversation of several people; undefined if the person writes to the robot alone. */
  readonly conversation: Conversation | undefined;
  readonly user: { readonly id: number; readonly code: string; readonly name: string };
  readonly messageId: number;
  readonly sentAt: number;
  readonly spoken: Spoken;
  readonly named: Named;
  readonly quoted: TalkMessage | undefined;
  /** Scheme and host of the server, as programs reach it. */
  readonly origin: string;
};

/** The platform of a client. Others than `Mac` and `Win` are not known. */
const senderPlatform = 'Win';

/**
 * Renders a message as a robot gets it, by Stream or by HTTP. The order of the fields is that of the real service.
 * https://open.dingtalk.com/document/development/receive-message
 */
export async function renderRobotMessage(context: Context, heard: Heard): Promise<Readonly<Record<string, unknown>>> {
  const { organization, robot, chat, conversation, user, messageId, sentAt, spoken, origin } = heard;
  const { corpId, code: corpCode } = organization;
  const conversationId = conversation?.openId ?? chat.openId ?? '';
  const [contact] = await context.store.contacts.ofUsers(corpId, [user.id]);
  const isText = spoken.type === 'text';
  const content = await renderContent(context, heard);
  return {
    senderPlatform,
    conversationId,
    ...(conversation && { atUsers: await renderAtUsers(context, heard) }),
    chatbotCorpId: corpCode,
    chatbotUserId: await ensureDingtalkId(context, corpId, { robotId: robot.id, userId: 0 }),
    openThreadId: conversationId,
    msgId: context.seal.sealMsgId(corpId, messageId),
    senderNick: user.name,
    isAdmin: false,
    senderStaffId: user.code,
    sessionWebhookExpiredTime: chat.expiresAt,
    createAt: sentAt,
    ...(!isText && { content }),
    senderCorpId: corpCode,
    conversationType: conversation ? '2' : '1',
    senderId: await ensureDingtalkId(context, corpId, { robotId: 0, userId: user.id }),
    ...(conversation && { conversationTitle: conversation.title, isInAtList: true }),
    sessionWebhook: `${origin}${renderSessionPath(context, chat)}`,
    ...(contact && { senderUnionId: contact.unionId }),
    ...renderOriginal(context, heard),
    ...(isText && { text: content }),
    robotCode: robot.code,
    msgtype: spoken.type,
  };
}

/** The robot that gets the message comes first, and then the other robots and the members that it names. */
async function renderAtUsers(context: Context, { organization, robot, named }: Heard) {
  const { corpId } = organization;
  const robots = [robot, ...named.robots.filter(({ id }) => id !== robot.id)];
  const contacts = await context.store.contacts.ofUsers(
    corpId,
    named.users.map(({ id }) => id),
  );
  const atUsers: Record<string, string>[] = [];
  for (const { id: robotId } of robots)
    atUsers.push({ dingtalkId: await ensureDingtalkId(context, corpId, { robotId, userId: 0 }) });
  for (const { id: userId, userId: staffId } of named.users) {
    const unionId = contacts.find(({ id }) => id === userId)?.unionId;
    const dingtalkId = await ensureDingtalkId(context, corpId, { robotId: 0, userId });
    atUsers.push({ dingtalkId, staffId, ...(unionId !== undefined && { unionId }) });
  }
  return atUsers;
}

/** The message that the robot itself has sent can be found again by its processQueryKey. */
function renderOriginal({ seal }: Context, { organization, robot, quoted }: Heard) {
  if (!quoted) return {};
  const { corpId } = organization;
  const { messageId, robotId, sentAt, isOfPerson } = quoted;
  const isOwn = robotId === robot.id && !isOfPerson;
  return {
    originalMsgId: seal.sealMsgId(corpId, messageId),
    ...(isOwn && { originalProcessQueryKey: seal.sealKey({ corpId, robotId, messageId, sentAt }) }),
  };
}

/** Renders `text` of a text, and `content` of any other message. */
async function renderContent(context: Context, heard: Heard): Promise<Readonly<Record<string, unknown>>> {
  const { spoken, organization, named, quoted } = heard;
  if (spoken.type === 'text') {
    const content = removeNames(spoken.content, listNames(context, organization.corpId, named));
    if (!quoted) return { content };
    return { content, isReplyMsg: true, repliedMsg: await renderReplied(context, heard, quoted) };
  }
  const codeOf = await createCodes(context, heard);
  if (spoken.type === 'richText') {
    const richText = spoken.richText.map((part) =>
      'text' in part ? part : { ...renderPicture(codeOf(part.mediaId)), type: 'picture' },
    );
    return { richText };
  }
  const downloadCode = codeOf(spoken.mediaId);
  if (spoken.type === 'picture') return renderPicture(downloadCode);
  if (spoken.type === 'audio')
    return { duration: spoken.duration, downloadCode, recognition: spoken.recognition ?? '' };
  if (spoken.type === 'video') return { duration: spoken.duration, downloadCode, videoType: spoken.videoType };
  const { spaceId, fileId } = fileIds(heard.messageId);
  return { spaceId, fileName: spoken.fileName, downloadCode, fileId };
}

function renderPicture(downloadCode: string) {
  return { pictureDownloadCode: downloadCode, downloadCode };
}

/** Files are in no space here; the numbers only have the form of real ones. */
function fileIds(messageId: number) {
  return { spaceId: '1', fileId: String(messageId) };
}

/** Returns a function that creates the downloadCodes of the files of a message. */
async function createCodes(context: Context, { organization, robot, messageId, spoken }: Heard) {
  const { corpId } = organization;
  const codes = new Map<string, string>();
  for (const mediaCode of listMedia(spoken)) {
    const media = await context.store.media.find(corpId, mediaCode);
    const file = { corpId, robotId: robot.id, messageId, mediaId: media?.id ?? 0 };
    codes.set(mediaCode, createDownloadCode(context, file).downloadCode);
  }
  return (mediaCode: string) => codes.get(mediaCode) ?? '';
}

function listMedia(spoken: Spoken): readonly string[] {
  if (spoken.type === 'text') return [];
  if (spoken.type !== 'richText') return [spoken.mediaId];
  return spoken.richText.flatMap((part) => ('mediaId' in part ? part.mediaId : []));
}
