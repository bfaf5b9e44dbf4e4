import { useChoices } from './preferences.ts';

const en = {
  retry: 'Try again',
  reload: 'Reload',
  partFailed: 'This part of the page could not be shown',
  partFailedHint: 'The rest of the page still works.',
  pageFailed: 'The page could not be shown',
  pageFailedHint: 'Reloading usually helps. Nothing on the server was changed.',
  away: 'The server cannot be reached',
  notReady: 'The server is not ready',
  awayHint: 'This page retries automatically. You stay signed in.',
  chunkAway: 'This page could not be loaded',
  chunkAwayHint: 'The server cannot be reached. This page opens as soon as it is back.',
  chunkGone: 'huizhi was updated',
  chunkGoneHint: 'Reload to open this page in the new version.',
  chunkBroken: 'This page could not be loaded',
  chunkBrokenHint: 'One of its files is missing on the server. Reload to try again.',
  unsavedIsLost: 'Unsaved text will be lost.',
};

/** The texts about failures, which the inbox and the console share. */
export type Words = typeof en;

const zh: Words = {
  retry: '重试',
  reload: '重新加载',
  partFailed: '这部分内容无法显示',
  partFailedHint: '页面的其他部分仍可正常使用。',
  pageFailed: '页面无法显示',
  pageFailedHint: '重新加载通常可以解决，服务器上的数据不受影响。',
  away: '无法连接服务器',
  notReady: '服务器暂时不可用',
  awayHint: '正在自动重试，你的登录状态不受影响。',
  chunkAway: '页面加载失败',
  chunkAwayHint: '暂时无法连接服务器，恢复后会自动打开此页面。',
  chunkGone: 'huizhi 已更新',
  chunkGoneHint: '重新加载后即可打开此页面。',
  chunkBroken: '页面加载失败',
  chunkBrokenHint: '服务器上缺少此页面的文件，请重新加载。',
  unsavedIsLost: '未保存的内容将会丢失。',
};

/** The shared texts in the selected language. */
export function useWords(): { readonly words: Words } {
  return { words: useChoices().language === 'zh' ? zh : en };
}
