import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createExcerpt } from './excerpt.ts';
import { fold, foldWithOffsets, splitWords } from './fold.ts';
import { visibleTexts } from './visible-text.ts';

const renderMarks = (text: string, query: string) => {
  const found = createExcerpt(text.normalize('NFC'), splitWords(query));
  return found?.marks.map(({ start, end }) => found.excerpt.slice(start, end));
};

describe('folding', () => {
  test.for<readonly [string, string]>([
    ['İSTANBUL', 'istanbul'],
    ['ısı', 'ISI'],
    ['ＨＵＩＺＨＩ　１２３', 'huizhi 123'],
    ['Straße', 'STRASSE'],
    ['ΟΔΟΣ', 'οδος'],
    ['résumé', 'RESUME'],
    ['re\u0301sume\u0301', 'résumé'],
    ['ﾊﾟｽﾜｰﾄﾞ', 'パスワード'],
    ['\u1112\u1161\u11ab', '한'],
    ['soft\u00adhyphen\u200b', 'softhyphen'],
    ['回执', '回执'],
  ])('%s and %s are the same', ([one, other]) => {
    expect(fold(one)).toBe(fold(other));
  });

  test.for<readonly [string, string]>([
    ['か', 'が'],
    ['ハ', 'パ'],
    ['回执', '回執'],
    ['क', 'कि'],
  ])('%s and %s are not the same', ([one, other]) => {
    expect(fold(one)).not.toBe(fold(other));
  });

  test('yields the same text with and without offsets, and maps each unit to a character of the original', () => {
    const hard = fc.constantFrom('İ', 'ß', '\u0301', 'ﾊ', 'ﾟ', '👩‍🚀', '执', 'a');
    const piece = fc.oneof(hard, fc.string({ unit: 'binary', maxLength: 2 }));
    const text = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, (given) => {
        const clean = given.normalize('NFC');
        const { folded, starts, ends } = foldWithOffsets(clean);
        expect(folded).toBe(fold(clean));
        const strange = starts.filter(
          (start, unit) => !fold(clean.slice(start, ends[unit])).includes(folded[unit] ?? '?'),
        );
        expect(strange).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

describe('excerpts', () => {
  test('mark every match of every word by offsets in the original', () => {
    expect(renderMarks('The İSTANBUL office, istanbul', 'istanbul OFFICE')).toEqual(['İSTANBUL', 'office', 'istanbul']);
    expect(renderMarks('订单ＡＢ１２已发货', 'ab12')).toEqual(['ＡＢ１２']);
    expect(renderMarks('aaaa', 'aa')).toEqual(['aaaa']);
    expect(renderMarks('nothing', 'else')).toBeUndefined();
  });

  test('cut a long text around the first match, and never inside a character', () => {
    const found = createExcerpt(`${'😀'.repeat(300)}needle${'😀'.repeat(300)}`, ['needle']);
    expect(found?.excerpt).toMatch(/^…(😀)+needle(😀)+…$/u);
    expect(found?.excerpt.length).toBeLessThan(130);
    expect(found?.marks.map(({ start, end }) => found.excerpt.slice(start, end))).toEqual(['needle']);
  });
});

describe('the visible text', () => {
  const extractText = (msgKey: string, param: object) =>
    visibleTexts(msgKey, JSON.stringify(param)).map(({ field, text }) => `${field}: ${text}`);

  test('of Markdown has no syntax, tags or link targets', () => {
    const text = `# Head\n\n- **bo**ld [shown](https://hidden.example/a(b)) ![alt](https://hidden.example/p.png) <font color="red">red</font>
[![in](https://hidden.example/i.png)](https://hidden.example/l) 1 < 2 &amp; snake_case _it_ \\*star\\* <https://seen.example/>`;
    expect(extractText('sampleMarkdown', { title: 'T', text })).toEqual([
      'title: T',
      'text: Head bold shown alt red ![in](https://hidden.example/i.png) 1 < 2 & snake_case it *star* https://seen.example/'.replace(
        '![in](https://hidden.example/i.png)',
        'in',
      ),
    ]);
  });

  test('of links, cards and files is what recipients see', () => {
    const link = {
      title: 'Title',
      text: 'two\nlines',
      messageUrl: 'https://hidden.example',
      picUrl: 'https://hidden.example',
    };
    expect(extractText('sampleLink', link)).toEqual(['title: Title', 'text: two lines']);
    const card = {
      title: 'A',
      text: '*b*',
      actionTitle1: 'Yes',
      actionURL1: 'x:',
      actionTitle2: 'No',
      actionURL2: 'x:',
    };
    expect(extractText('sampleActionCard2', card)).toEqual(['title: A', 'text: b', 'button: Yes', 'button: No']);
    expect(extractText('sampleFile', { mediaId: '@hidden', fileName: 'a.pdf', fileType: 'pdf' })).toEqual([
      'fileName: a.pdf',
    ]);
    expect(extractText('sampleImageMsg', { photoURL: 'https://hidden.example' })).toEqual([]);
    expect(visibleTexts('sampleText', null)).toEqual([]);
  });

  test('of messages of custom robots has the titles of their buttons and links', () => {
    expect(extractText('webhookText', { content: 'a', at: { users: [{ userId: 'hidden', name: 'x' }] } })).toEqual([
      'text: a',
    ]);
    const btns = [{ title: 'Yes', actionURL: 'https://hidden.example' }, null, { title: 3 }];
    expect(extractText('webhookActionCard', { title: 'A', text: '*b*', btns })).toEqual([
      ...['title: A', 'text: b', 'button: Yes', 'button: 3'],
    ]);
    const links = [{ title: 'One', messageURL: 'https://hidden.example' }, { title: 'Two' }];
    expect(extractText('webhookFeedCard', { links })).toEqual(['title: One', 'title: Two']);
    expect(extractText('webhookLink', { title: 'T', text: 'x', messageUrl: 'https://hidden.example' })).toEqual([
      ...['title: T', 'text: x'],
    ]);
    expect([visibleTexts('webhookFeedCard', null), visibleTexts('webhookActionCard', '{"btns":1}')]).toEqual([[], []]);
  });

  test('is extracted in linear time, even from deeply nested syntax', () => {
    for (const piece of ['[', '[a](', '![a](b', '<a ', '(', '[a](x(', '\\_', '_', '# ', '&amp;', '[![a](b)](']) {
      expect(
        visibleTexts('sampleMarkdown', JSON.stringify({ title: 't', text: piece.repeat(300_000 / piece.length) })),
      ).toBeDefined();
    }
  });
});
