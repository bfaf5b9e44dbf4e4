import { expect, test } from 'vitest';
import { escapeFormula, parseCsv, parseCsvField, renderCsvField, renderCsvRow } from '../wire/csv.ts';
import { renderBar } from './progress.ts';
import { measureWidth, renderTable } from './table.ts';

test('Chinese characters count as two columns, so that columns align', () => {
  expect(
    renderTable([
      ['曲大岳', 'READ'],
      ['alice', 'UNREAD'],
    ]),
  ).toEqual(['曲大岳  READ', 'alice   UNREAD']);
  expect(['曲大岳', 'alice', '（）'].map(measureWidth)).toEqual([6, 5, 4]);
});

test('a CSV cell is quoted where needed, and a name is never a formula', () => {
  expect(renderCsvRow(['a,b', 'say "x"', 'plain', 'two\nlines'])).toBe('"a,b","say ""x""",plain,"two\nlines"');
  expect(['=1+1', '+1', '-1', '@x', '＝1', '李伟'].map(escapeFormula)).toEqual([
    "'=1+1",
    "'+1",
    "'-1",
    "'@x",
    "'＝1",
    '李伟',
  ]);
});

test('a CSV cell is read back as it was', () => {
  const texts = ['=1', "'=1", "''+1", '-', "'", "'李", '\t@x', 'a, "b"\n', '-1,"'];
  const [record] = parseCsv(`${texts.map(renderCsvField).join(',')}\r\n`);
  expect(record?.fields.map(parseCsvField)).toEqual(texts);
});

test('a bar fits into the terminal', () => {
  expect(renderBar('sending', 5, 10, 30)).toBe('sending ████████░░░░░░░░ 5/10');
  expect(renderBar('sending', 10, 10, 200)).toBe(`sending ${'█'.repeat(40)} 10/10`);
  expect(renderBar('sending', 1, 3, 5)).toBe('sending  1/3');
});
