import { isolate } from '../../shared/isolate.ts';
import type { Language } from '../../shared/preferences.ts';
import type { Outcome } from './source.ts';

const en = {
  card: 'Card',
  away: 'The card could not be loaded. Trying again…',
  gone: 'This card is no longer available.',
  growing: 'Writing…',
  failed: 'The answer was interrupted.',
  finishedAs: (text: string) => `The answer is complete: ${isolate(text)}`,
  outcomes: {
    pending: 'Waiting for the answer…',
    done: 'Done.',
    unanswered: 'The program of the robot did not answer. It may not be running. Try again later.',
    refused: 'You cannot use this button.',
    changed: 'This button is no longer available.',
    tooMany: 'Too many clicks. Wait a moment.',
    lost: 'The server did not answer. The click may have arrived: look at the card before you try again.',
  } satisfies Readonly<Record<Outcome, string>> as Readonly<Record<Outcome, string>>,
};

const zh: typeof en = {
  card: '卡片',
  away: '卡片加载失败，正在重试…',
  gone: '该卡片已不可用。',
  growing: '正在输入…',
  failed: '回答已中断。',
  finishedAs: (text) => `回答完毕：${isolate(text)}`,
  outcomes: {
    pending: '等待响应…',
    done: '已完成。',
    unanswered: '机器人的程序没有响应，可能未在运行，请稍后重试。',
    refused: '你不能使用该按钮。',
    changed: '该按钮已不可用。',
    tooMany: '点击过于频繁，请稍候。',
    lost: '服务器没有响应，点击可能已送达。重试前请先查看卡片是否已更新。',
  },
};

/** The texts of cards. They are loaded with the first card. */
export const cardTextsOf: Readonly<Record<Language, typeof en>> = { en, zh };
