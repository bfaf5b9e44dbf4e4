import { expect, test } from 'vitest';
import { bar } from './progress.ts';
import { csvRow, nameCell, table, widthOf } from './table.ts';

test('Chinese characters take two places, so that columns stand below each other', () => {
  expect(
    table([
      ['曲大岳', 'READ'],
      ['alice', 'UNREAD'],
    ]),
  ).toEqual(['曲大岳  READ', 'alice   UNREAD']);
  expect(['曲大岳', 'alice', '（）'].map(widthOf)).toEqual([6, 5, 4]);
});

test('a cell of CSV is quoted where it has to be, and a name is never a formula', () => {
  expect(csvRow(['a,b', 'say "x"', 'plain', 'two\nlines'])).toBe('"a,b","say ""x""",plain,"two\nlines"');
  expect(['=1+1', '+1', '-1', '@x', '＝1', '李伟'].map(nameCell)).toEqual([
    "'=1+1",
    "'+1",
    "'-1",
    "'@x",
    "'＝1",
    '李伟',
  ]);
});

test('a bar fits into the terminal', () => {
  expect(bar('sending', 5, 10, 30)).toBe('sending ████████░░░░░░░░ 5/10');
  expect(bar('sending', 10, 10, 200)).toBe(`sending ${'█'.repeat(40)} 10/10`);
  expect(bar('sending', 1, 3, 5)).toBe('sending  1/3');
});
