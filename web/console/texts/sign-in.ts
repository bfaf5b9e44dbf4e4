import { accessEn, accessZh } from './access.ts';
import { saidInChinese } from './errors-zh.ts';

/** The texts of the sign-in page and of failed requests. The page loads them without those of the console. */
export const signInEn = {
  consoleTitle: 'huizhi console',
  consoleSubtitle: 'Sign in to see who has received and read what your robots send.',
  adminToken: 'Admin token',
  adminTokenHint: 'huizhi prints it at the first start; it can also be set with HUIZHI_ADMIN_TOKEN.',
  showToken: 'Show',
  signIn: 'Sign in',
  loading: 'Loading…',
  signedOut: 'Your session has ended. Sign in again.',
  wrongToken: 'This is not the admin token.',
  required: 'Required.',
  unreachable: 'The server cannot be reached.',
  broken: 'The server could not respond. Try again in a moment.',
  /** An error text of the server, in the language of the page. */
  said: (message: string) => message,
  toLight: 'Light theme',
  toDark: 'Dark theme',
  access: accessEn,
};

export type SignInTexts = typeof signInEn;

export const signInZh: SignInTexts = {
  consoleTitle: 'huizhi 控制台',
  consoleSubtitle: '登录后查看机器人发送的消息，以及谁已收到、谁已读。',
  adminToken: '管理员令牌',
  adminTokenHint: 'huizhi 首次启动时会输出；也可通过 HUIZHI_ADMIN_TOKEN 指定。',
  showToken: '显示',
  signIn: '登录',
  loading: '正在加载…',
  signedOut: '登录已失效，请重新登录。',
  wrongToken: '管理员令牌不正确。',
  required: '必填',
  unreachable: '无法连接服务器。',
  broken: '服务器暂时无法响应，请稍后重试。',
  said: saidInChinese,
  toLight: '浅色主题',
  toDark: '深色主题',
  access: accessZh,
};
