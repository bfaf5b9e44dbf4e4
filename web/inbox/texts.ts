import { createContext, useContext } from 'react';
import { isolate } from '../shared/isolate.ts';
import { type Language, localeOf } from '../shared/preferences.ts';

const en = {
  title: 'Inbox',
  signInTitle: 'Sign in to huizhi',
  choosePerson: 'This is an emulator: choose whose inbox to open.',
  searchPeople: 'Search people by name or ID',
  organization: 'Organization',
  allOrganizations: 'All organizations',
  nobody: 'Nobody matches.',
  useCode: 'Sign in with a one-time code',
  useOidc: 'Sign in with your organization',
  useOtherOidc: 'Sign in as somebody else',
  oidcFailed: 'The sign-in was not completed. Try again.',
  oidcUnknown: 'You are not a user here. Ask the operator of this server to add you.',
  codeHint: 'Ask the operator of this server for a sign-in link. Each link works once.',
  code: 'One-time code',
  signIn: 'Sign in',
  badCode: 'This code is wrong, was used before, or has expired. Ask for a new link.',
  unreachable: 'The server cannot be reached. Try again in a moment.',
  tooMany: 'Too many attempts. Wait a moment.',
  sessionEnded: 'Your session has ended. Sign in again to continue where you were.',
  conversations: 'Conversations',
  skip: 'Skip to the conversation',
  search: 'Search messages',
  clear: 'Clear search',
  settings: 'Settings',
  language: 'Language',
  theme: 'Theme',
  themes: { auto: 'System', light: 'Light', dark: 'Dark' },
  signOut: 'Sign out',
  noRobots: 'No robots yet',
  noRobotsHint: 'Once a robot is installed in your organization, it appears here.',
  choose: 'Choose a conversation',
  chooseHint: 'Messages from your robots appear here automatically.',
  onlyUnread: 'Unread only',
  allRead: 'Nothing unread',
  allReadHint: 'Everything that has arrived has been read.',
  noMessages: 'No messages yet',
  noMessagesHint: 'When this robot writes to you, its messages appear here at once.',
  back: 'Back to conversations',
  mute: 'Mute',
  unmute: 'Unmute',
  muted: 'Muted',
  mutedNote: 'You have muted this robot. Its messages arrive without a notification.',
  block: 'Block',
  unblock: 'Unblock',
  blocked: 'Blocked',
  blockedNote: 'You have blocked this robot. Its messages are refused until you unblock it.',
  blockTitle: (name: string) => `Block ${isolate(name)}?`,
  blockText:
    'Its messages will be refused, and the sender will see that. Refused messages do not arrive later. To receive them quietly, mute the robot instead.',
  unblockable: 'This robot cannot be blocked.',
  cancel: 'Cancel',
  noticeText: (names: string) =>
    `You had muted ${names}, which refused messages. This setting is now called “Block”: messages are still refused. To receive them again, open the conversation and choose “Unblock”; to receive them quietly, choose “Mute” as well.`,
  dismiss: 'Got it',
  failed: 'That did not work. Try again.',
  messagesOf: (name: string) => `Messages of ${isolate(name)}`,
  unread: (count: string) => `${count} unread`,
  newHere: 'New messages',
  toNewest: 'Jump to the newest messages',
  arrived: (name: string, text: string) => `${isolate(name)}: ${isolate(text)}`,
  unreadMark: 'Unread',
  readAt: (time: string) => `Read ${time}`,
  endOfUnread: 'End of the message. Mark as read',
  endOfMessage: 'End of the message',
  showAll: 'Show all',
  recalled: 'This message was recalled',
  wasRecalled: 'A message was recalled',
  offline: 'Connection lost. Reconnecting…',
  loading: 'Loading…',
  today: 'Today',
  yesterday: 'Yesterday',
  kinds: {
    image: '[Image]',
    link: '[Link]',
    card: '[Card]',
    audio: '[Voice]',
    video: '[Video]',
    file: '[File]',
    other: '[Message]',
  },
  image: 'Image',
  imageGone: 'This image cannot be shown',
  openImage: 'Open the image',
  pictureBlocked: 'The image was not loaded. Open it:',
  voice: 'Voice message',
  video: 'Video',
  badLink: 'This link is not supported',
  asPlainText: 'The formatting is too complex, so this is shown as plain text.',
  messageFailed: 'This message could not be shown in its usual form.',
  results: (count: number) => (count === 1 ? '1 message.' : `${count} messages.`),
  searching: 'Searching…',
  searchedTo: (day: string) => `Searched back to ${day}.`,
  searchedAll: 'All messages were searched.',
  searchOn: 'Search older messages',
  searchFailed: 'The search failed. What was found so far is shown.',
  noResults: 'Nothing found',
  noResultsHint: 'All messages were searched.',
};

export type Texts = typeof en;

const zh: Texts = {
  title: '收件箱',
  signInTitle: '登录 huizhi',
  choosePerson: '这是模拟器：选择要打开谁的收件箱。',
  searchPeople: '按姓名或 ID 搜索',
  organization: '组织',
  allOrganizations: '全部组织',
  nobody: '没有匹配的人。',
  useCode: '使用一次性登录码',
  useOidc: '使用组织账号登录',
  useOtherOidc: '换一个账号登录',
  oidcFailed: '登录未完成，请重试。',
  oidcUnknown: '你还不是这里的用户，请联系管理员添加。',
  codeHint: '请向管理员索取登录链接，每个链接只能使用一次。',
  code: '一次性登录码',
  signIn: '登录',
  badCode: '登录码有误、已使用或已过期，请索取新的链接。',
  unreachable: '无法连接服务器，请稍后重试。',
  tooMany: '尝试次数过多，请稍候。',
  sessionEnded: '登录已失效，请重新登录以继续。',
  conversations: '会话',
  skip: '跳到会话内容',
  search: '搜索消息',
  clear: '清除搜索',
  settings: '设置',
  language: '语言',
  theme: '外观',
  themes: { auto: '跟随系统', light: '浅色', dark: '深色' },
  signOut: '退出登录',
  noRobots: '还没有机器人',
  noRobotsHint: '机器人安装到你的组织后，会出现在这里。',
  choose: '选择一个会话',
  chooseHint: '机器人发来的消息会自动出现在这里。',
  onlyUnread: '只看未读',
  allRead: '没有未读消息',
  allReadHint: '收到的消息都已读。',
  noMessages: '还没有消息',
  noMessagesHint: '机器人给你发消息后，会立即显示在这里。',
  back: '返回会话列表',
  mute: '免打扰',
  unmute: '取消免打扰',
  muted: '已设为免打扰',
  mutedNote: '已对该机器人开启免打扰，消息照常送达，但不再提醒。',
  block: '屏蔽',
  unblock: '取消屏蔽',
  blocked: '已屏蔽',
  blockedNote: '你已屏蔽该机器人，取消屏蔽前会拒收它的消息。',
  blockTitle: (name) => `屏蔽“${isolate(name)}”？`,
  blockText:
    '屏蔽后将拒收它的消息，发送方会得知你未收到；被拒收的消息之后不会补发。如果只是不想被打扰，请改用“免打扰”。',
  unblockable: '该机器人不允许屏蔽。',
  cancel: '取消',
  noticeText: (names) =>
    `你之前静音过${names}，它的消息会被拒收。这项设置现在叫“屏蔽”，目前仍在拒收消息。如需恢复接收，请打开会话并选择“取消屏蔽”；不想被提醒，可再开启“免打扰”。`,
  dismiss: '知道了',
  failed: '操作失败，请重试。',
  messagesOf: (name) => `${isolate(name)}的消息`,
  unread: (count) => `${count} 条未读`,
  newHere: '以下为新消息',
  toNewest: '跳到最新消息',
  arrived: (name, text) => `${isolate(name)}：${isolate(text)}`,
  unreadMark: '未读',
  readAt: (time) => `已读 ${time}`,
  endOfUnread: '消息结尾，标为已读',
  endOfMessage: '消息结尾',
  showAll: '展开全文',
  recalled: '此消息已撤回',
  wasRecalled: '一条消息已撤回',
  offline: '连接已断开，正在重新连接…',
  loading: '加载中…',
  today: '今天',
  yesterday: '昨天',
  kinds: {
    image: '[图片]',
    link: '[链接]',
    card: '[卡片]',
    audio: '[语音]',
    video: '[视频]',
    file: '[文件]',
    other: '[消息]',
  },
  image: '图片',
  imageGone: '图片无法显示',
  openImage: '查看图片',
  pictureBlocked: '图片未加载，点击打开：',
  voice: '语音消息',
  video: '视频',
  badLink: '不支持此链接',
  asPlainText: '格式过于复杂，已按纯文本显示。',
  messageFailed: '此消息无法正常显示，以上为原始内容。',
  results: (count) => `找到 ${count} 条消息。`,
  searching: '正在搜索…',
  searchedTo: (day) => `已搜索至 ${day}。`,
  searchedAll: '已搜索全部消息。',
  searchOn: '继续搜索更早的消息',
  searchFailed: '搜索失败，已显示目前找到的结果。',
  noResults: '没有找到相关消息',
  noResultsHint: '已搜索全部消息。',
};

export const textsOf: Readonly<Record<Language, Texts>> = { en, zh };

export const Speech = createContext<{ readonly t: Texts; readonly language: Language }>({ t: en, language: 'en' });

/** The texts in the language chosen, and the times as they are written there. */
export function useSpeech() {
  const { t, language } = useContext(Speech);
  const locale = localeOf(language);
  const time = (at: number) =>
    new Date(at).toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', hour12: false });
  const exact = (at: number) =>
    new Date(at).toLocaleString(locale, { dateStyle: 'full', timeStyle: 'medium', hour12: false });
  const day = (at: number) => {
    const days = Math.round((midnight(Date.now()) - midnight(at)) / 86_400_000);
    if (days === 0) return t.today;
    if (days === 1) return t.yesterday;
    const isThisYear = new Date(at).getFullYear() === new Date().getFullYear();
    const year = isThisYear ? {} : { year: 'numeric' as const };
    return new Date(at).toLocaleDateString(locale, { month: 'short', day: 'numeric', ...year });
  };
  const brief = (at: number) => (midnight(at) === midnight(Date.now()) ? time(at) : day(at));
  const number = (value: number) => value.toLocaleString(locale);
  return { t, language, time, exact, day, brief, number };
}

export function midnight(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
