import { useChoices } from './preferences.ts';

const en = {
  retry: 'Try again',
  reload: 'Reload',
  partFailed: 'This part of the page could not be shown',
  partFailedHint: 'The rest of the page still works.',
  pageFailed: 'The page could not be shown',
  pageFailedHint: 'Reloading usually helps. Nothing on the server was changed.',
};

/** What both the inbox and the console say about failures. */
export type Words = typeof en;

const zh: Words = {
  retry: '重试',
  reload: '重新加载',
  partFailed: '这部分内容无法显示',
  partFailedHint: '页面的其他部分仍可正常使用。',
  pageFailed: '页面无法显示',
  pageFailedHint: '重新加载通常可以解决，服务器上的数据不受影响。',
};

/** The words in the language that was chosen in this browser. */
export function useWords(): { readonly words: Words } {
  return { words: useChoices().language === 'zh' ? zh : en };
}
