import { expect, test } from 'vitest';
import { complete, findNamed, findTyped, listMentionable, suggest } from './mentions.ts';

const all = listMentionable({
  robots: [{ robotCode: 'ding1', robotName: '通知助手' }],
  members: [
    { userId: 'u1', name: 'Ann', role: 'member' },
    { userId: 'u2', name: 'Ann Lee', role: 'owner' },
    { userId: 'u3', name: 'Joann', role: 'member' },
  ],
});

test.each<[string, { at: number; text: string } | undefined]>([
  ['@', { at: 0, text: '' }],
  ['hello @An', { at: 6, text: 'An' }],
  ['你好@通', { at: 2, text: '通' }],
  ['me@example', undefined],
  ['no mention', undefined],
  ['@a\nb', undefined],
])('after typing %j, %j is being typed', (text, typed) => {
  expect(findTyped(text, text.length)).toEqual(typed);
});

test('robots are suggested first, and names that begin with what is typed before others', () => {
  expect(suggest(all, '').map(({ name }) => name)).toEqual(['通知助手', 'Ann', 'Ann Lee', 'Joann']);
  expect(suggest(all, 'ann').map(({ name }) => name)).toEqual(['Ann', 'Ann Lee', 'Joann']);
  expect(suggest(all, 'jo').map(({ name }) => name)).toEqual(['Joann']);
});

test('a suggestion replaces what is typed and puts the cursor behind it', () => {
  const typed = { at: 3, text: 'An' };
  expect(complete('hi @An there', typed, 'Ann Lee')).toEqual({ text: 'hi @Ann Lee there', cursor: 12 });
});

test('the longest name that stands in a text is the one that is named', () => {
  expect(findNamed(all, '@Ann Lee and @通知助手')).toEqual({ atRobotCodes: ['ding1'], atUserIds: ['u2'] });
  expect(findNamed(all, '@Ann, @Ann Lee')).toEqual({ atRobotCodes: [], atUserIds: ['u2', 'u1'] });
  expect(findNamed(all, 'nobody')).toEqual({ atRobotCodes: [], atUserIds: [] });
});
