import { describe, expect, test } from 'vitest';
import type { InboxMessage } from '../../../src/client/answers.ts';
import { contentOf, mentionsOf, splitMentions, summarize } from './content.ts';

const message = (msgKey: string, msgParam: object | string | null, recalled = false): InboxMessage => ({
  messageId: 'id',
  robotCode: 'robot',
  robotName: 'Robot',
  conversationId: 'robot:r',
  sender: { kind: 'robot', name: 'Robot', userId: null },
  msgKey,
  msgParam: typeof msgParam === 'object' && msgParam !== null ? JSON.stringify(msgParam) : msgParam,
  sentAt: 1,
  readAt: null,
  recalled,
  conversation: null,
  quote: null,
  emotions: [],
  card: null,
});

const read = (msgKey: string, msgParam: object | string | null) => contentOf(message(msgKey, msgParam));

describe('the content of a message', () => {
  test('is what its kind shows', () => {
    expect(read('sampleText', { content: 'hello' })).toEqual({ type: 'text', text: 'hello' });
    expect(read('sampleMarkdown', { title: 'T', text: '# x' })).toEqual({ type: 'markdown', title: 'T', text: '# x' });
    expect(read('sampleFile', { mediaId: '@a', fileName: 'a.pdf', fileType: 'pdf' })).toEqual({
      ...{ type: 'file', mediaId: '@a', name: 'a.pdf', kind: 'pdf' },
    });
  });

  test('of a card has its buttons in order, with the names that this kind gives them', () => {
    const three = read('sampleActionCard3', { actionTitle1: 'a', actionURL1: 'https://a', actionTitle3: 'c' });
    expect(three).toMatchObject({
      isHorizontal: false,
      buttons: [
        { number: 1, title: 'a', url: 'https://a' },
        { number: 2, title: '', url: '' },
        { number: 3, title: 'c', url: '' },
      ],
    });
    const six = read('sampleActionCard6', { buttonTitle2: 'b', buttonUrl2: 'https://b' });
    expect(six).toMatchObject({ isHorizontal: true, buttons: [{ title: '' }, { title: 'b', url: 'https://b' }] });
  });

  test.each([
    ['sampleAudio', '4000', 4],
    ['sampleAudio', 1, 1],
    ['sampleVideo', '61', 61],
    ['sampleVideo', '-5', undefined],
    ['sampleVideo', 'Infinity', undefined],
    ['sampleVideo', '1e999', undefined],
    ['sampleVideo', 'long', undefined],
    ['sampleVideo', '', undefined],
    ['sampleVideo', { seconds: 3 }, undefined],
  ])('%s with the duration %j has %s seconds', (msgKey, duration, seconds) => {
    expect(read(msgKey, { duration })).toMatchObject({ seconds });
  });

  test.each(['', 'null', '[', '7', '"text"', '{"content":'])('of the msgParam %j is unknown', (msgParam) => {
    expect(read('sampleText', msgParam)).toEqual({ type: 'unknown' });
  });

  test.each(['toString', '__proto__', 'constructor', 'hasOwnProperty', '', 'sampleTextNew'])(
    'of the kind %j is unknown',
    (msgKey) => {
      expect(read(msgKey, { content: 'x' })).toEqual({ type: 'unknown' });
    },
  );

  test('takes no member of Object for a field, and no object or list for a text', () => {
    expect(read('sampleText', '{"__proto__":{"content":"inherited"}}')).toEqual({ type: 'text', text: '' });
    expect(read('sampleText', { content: { toString: 'x' } })).toEqual({ type: 'text', text: '' });
    expect(read('sampleText', { content: ['a'] })).toEqual({ type: 'text', text: '' });
    expect(read('sampleText', { content: 7 })).toEqual({ type: 'text', text: '7' });
  });

  test('of a file has no control that reverses its name', () => {
    expect(read('sampleFile', { fileName: 'invoice\u202efdp.exe', fileType: 'exe' })).toMatchObject({
      name: 'invoicefdp.exe',
    });
  });
});

describe('the summary of a message', () => {
  const kinds = {
    link: '[link]',
    card: '[card]',
    file: '[file]',
    image: '[image]',
    audio: '[voice]',
    video: '[video]',
  };
  const t = { recalled: 'Recalled', kinds: { ...kinds, other: '[message]' } };

  test('is one line of at most 300 characters', () => {
    expect(summarize(message('sampleText', { content: ' a\n\n b\t' }), t)).toBe('a b');
    expect(summarize(message('sampleText', { content: 'x'.repeat(15_000) }), t)).toBe(`${'x'.repeat(300)}…`);
  });

  test('of Markdown is its title, or its text without marks', () => {
    expect(summarize(message('sampleMarkdown', { title: 'Title', text: 'text' }), t)).toBe('Title');
    const text = '# Head\n\n**bold** [link](https://example.com) ![picture](https://example.com/a.png) <b>tag</b>';
    expect(summarize(message('sampleMarkdown', { title: '', text }), t)).toBe('Head bold link picture tag');
  });

  test('says nothing of what a recalled message said', () => {
    expect(summarize(message('sampleText', { content: 'secret' }, true), t)).toBe(t.recalled);
    expect(summarize(message('sampleText', null, true), t)).toBe(t.recalled);
  });

  test('of an interactive card is its title at the delivery, if it had one', () => {
    expect(summarize(message('interactiveCard', { cardId: 'c', title: 'Leave **3 days**' }), t)).toBe(
      '[card] Leave **3 days**',
    );
    expect(summarize(message('interactiveCard', { cardId: 'c', title: '' }), t)).toBe('[card]');
  });

  test('isolates a title that runs from right to left', () => {
    const text = summarize(message('sampleLink', { title: 'שלום\u202e' }), t);
    expect(text).toBe(`${t.kinds.link} \u2068שלום\u2069`);
  });
});

describe('a message of a custom robot', () => {
  test('shows the buttons of a card and the links of a feed in order', () => {
    const btns = [{ title: 'yes', actionURL: 'https://yes' }, { title: 'no', actionURL: 'https://no' }, 3];
    const card = read('webhookActionCard', { title: 'T', text: 'x', btnOrientation: '1', btns });
    expect(card).toEqual({
      ...{ type: 'card', title: 'T', text: 'x', isHorizontal: true },
      buttons: [
        { number: 1, title: 'yes', url: 'https://yes' },
        { number: 2, title: 'no', url: 'https://no' },
        { number: 3, title: '', url: '' },
      ],
    });
    const feed = { links: [{ title: 'a', messageURL: 'https://a', picURL: 'https://p' }] };
    const links = [{ number: 1, title: 'a', url: 'https://a', picture: 'https://p' }];
    expect(read('webhookFeedCard', feed)).toEqual({ type: 'feed', links });
    expect(read('webhookText', { content: 'hello' })).toEqual({ type: 'text', text: 'hello' });
  });

  test('names people, whose names are marked in its text', () => {
    const at = { users: [{ userId: 'u1', name: '张三' }, { userId: 'u2', name: '张三丰' }, null], isAtAll: true };
    const mentions = mentionsOf(message('webhookText', { content: 'x', at }));
    expect(mentions).toEqual(['@张三', '@张三丰', '@所有人']);
    expect(splitMentions('a@b @张三丰 ok', ['@张三', '@张三丰'])).toEqual([
      { at: 0, text: 'a@b ', isMention: false },
      { at: 4, text: '@张三丰', isMention: true },
      { at: 8, text: ' ok', isMention: false },
    ]);
    expect(splitMentions('', [])).toEqual([]);
    expect(mentionsOf(message('webhookText', { content: 'x' }))).toEqual([]);
  });
});
