import { expect, test } from 'vitest';
import { noticeContentOf } from './notice-content.ts';

test('the content of a work notice is what its kind shows', () => {
  expect(noticeContentOf('noticeText', { content: 'hello' })).toEqual({ type: 'text', text: 'hello' });
  expect(noticeContentOf('noticeMarkdown', { title: 'T', text: '# x' })).toMatchObject({
    type: 'markdown',
    text: '# x',
  });
  expect(noticeContentOf('noticeImage', { media_id: '@a' })).toEqual({ type: 'image', url: '@a' });
  const link = { title: 'T', text: 'x', picUrl: '@p', messageUrl: 'https://a' };
  expect(noticeContentOf('noticeLink', link)).toEqual({
    ...{ type: 'link', title: 'T', text: 'x', picture: '@p', url: 'https://a' },
  });
  expect(noticeContentOf('noticeFile', { media_id: '@a\u202ex' })).toMatchObject({
    type: 'file',
    mediaId: '@a\u202ex',
  });
});

test.each([
  ['10', 10],
  [3, 3],
  ['', undefined],
  ['x', undefined],
  [{}, undefined],
])('a voice with the duration %j has %s seconds', (duration, seconds) => {
  expect(noticeContentOf('noticeVoice', { media_id: '@v', duration })).toEqual({
    ...{ type: 'audio', mediaId: '@v', seconds },
  });
});

test('a card has one button, or a list of buttons side by side or below each other', () => {
  const one = { title: 'T', markdown: 'x', single_title: 'Go', single_url: 'https://a' };
  expect(noticeContentOf('noticeActionCard', one)).toEqual({
    ...{ type: 'card', title: 'T', text: 'x', isHorizontal: false },
    buttons: [{ number: 1, title: 'Go', url: 'https://a' }],
  });
  const list = [{ title: 'a', action_url: 'https://a' }, { title: 'b' }, 'x'];
  expect(
    noticeContentOf('noticeActionCard', { markdown: 'x', btn_orientation: '1', btn_json_list: list }),
  ).toMatchObject({
    isHorizontal: true,
    buttons: [
      { number: 1, title: 'a', url: 'https://a' },
      { number: 2, title: 'b', url: '' },
      { number: 3, title: '', url: '' },
    ],
  });
});

test('an oa message is a link with its status and its lines', () => {
  const form = Array.from({ length: 8 }, (_, i) => ({ key: `k${i}:`, value: `v${i}` }));
  const body = { title: 'T', form, rich: { num: '15', unit: '元' }, content: 'c', author: 'me', image: '@i' };
  const oa = { message_url: 'https://a', head: { text: 'H' }, body, status_bar: { status_value: 'Agreed' } };
  expect(noticeContentOf('noticeOa', oa)).toEqual({
    ...{ type: 'link', title: 'T', picture: '@i', url: 'https://a' },
    text: 'Agreed\nk0:v0\nk1:v1\nk2:v2\nk3:v3\nk4:v4\nk5:v5\n15元\nc\nme',
  });
  expect(noticeContentOf('noticeOa', { head: { text: 'H' }, body: null })).toMatchObject({ title: 'H', text: '' });
});

test.each(['sampleText', 'noticeOther', 'toString', ''])('%j is no kind of work notice', (msgKey) => {
  expect(noticeContentOf(msgKey, {})).toBeUndefined();
});
