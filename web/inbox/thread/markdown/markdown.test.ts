import { Marked } from 'marked';
import { describe, expect, test } from 'vitest';
import { boundedText, createBounds, isBounded, maxElements } from './markdown-bounds.ts';
import { rewriteHtml } from './markdown-html.ts';
import { toPlainText } from './markdown-plain.ts';

/** Renders Markdown within the bounds of a message. */
function parse(text: string): string {
  const bounds = createBounds();
  bounds.reset();
  return new Marked({ gfm: true, breaks: true, tokenizer: bounds.tokenizer }).parse(text, { async: false });
}

describe('Markdown as plain text', () => {
  test.each([
    ['# Title\n\n- one\n- two', 'Title one two'],
    ['**bold** _italic_ `code` ~~gone~~', 'bold italic code gone'],
    ['[text](https://example.com) ![alt](https://example.com/a.png)', 'text alt'],
    ['<b>bold</b><script>alert(1)</script>', 'bold alert(1)'],
    ['> quoted\n> more', 'quoted more'],
    ['', ''],
    ['![', '!['],
  ])('%j is %j', (markdown, text) => {
    expect(toPlainText(markdown)).toBe(text);
  });
});

describe('the bounds of Markdown', () => {
  test('allow 30,000 characters, and runs of 200 spaces', () => {
    expect(boundedText('x'.repeat(30_000))).toHaveLength(30_000);
    expect(boundedText('x'.repeat(30_001))).toBe(undefined);
    expect(boundedText(`a${' '.repeat(5000)}b`)).toBe(`a${' '.repeat(200)}b`);
  });

  test('leave ordinary Markdown as marked renders it', () => {
    const text = [
      ...['# Head', '', '> a > b', '', '- one', '  - two', '', '**bold *both* bold** ~~gone~~ snake_case_name'],
      ...[
        '',
        '| a | b |',
        '| - | - |',
        '| 1 | 2 |',
        '',
        'https://example.com [link][1]',
        '',
        '[1]: https://example.org',
      ],
    ].join('\n');
    expect(parse(text)).toBe(new Marked({ gfm: true, breaks: true }).parse(text, { async: false }));
  });

  test.each([
    ['blockquotes', '>'.repeat(5000), /<blockquote>/g],
    ['lists', `${'- '.repeat(5000)}x`, /<ul>/g],
    ['links', `${'['.repeat(2000)}x${'](y)'.repeat(2000)}`, /<a /g],
  ])('stop at 20 %s within each other', (_, text, element) => {
    expect([...parse(text).matchAll(element)].length).toBeLessThanOrEqual(20);
  });

  test.each([
    ['marks that open and never close', '**a '.repeat(7500)],
    ['underscores within words', 'a_'.repeat(15_000)],
    ['strikes', '~a '.repeat(10_000)],
    ['a table of short rows', `|${'a|'.repeat(5000)}\n|${'-|'.repeat(5000)}\n${'|x|\n'.repeat(2000)}`],
    ['an endless address', `https://example.com/${'a.'.repeat(14_000)}`],
    ['brackets', '[]('.repeat(10_000)],
  ])('keep %s small', (_, text) => {
    expect(parse(text.slice(0, 30_000)).length).toBeLessThan(400_000);
  });
});

describe('the number of elements that HTML may become', () => {
  test('is bounded when tags are not nested', () => {
    expect(isBounded('<p>x</p>'.repeat(maxElements))).toBe(true);
    expect(isBounded('<p>x</p>'.repeat(maxElements + 1))).toBe(false);
    expect(isBounded('<br>'.repeat(maxElements + 1))).toBe(false);
  });

  test('is bounded when they are nested or never closed', () => {
    expect(isBounded('<li>'.repeat(200))).toBe(true);
    expect(isBounded('<li>'.repeat(201))).toBe(false);
    expect(isBounded(`${'<p>'.repeat(201)}${'</p>'.repeat(201)}`)).toBe(false);
  });

  test('counts a formatting element that stays open once for each element after it', () => {
    const open = '<b>'.repeat(100);
    expect(isBounded(`${open}${'<p>x</p>'.repeat(50)}`)).toBe(true);
    expect(isBounded(`${open}${'<p>x</p>'.repeat(500)}`)).toBe(false);
    expect(isBounded(`${'<b>x</b>'.repeat(100)}${'<p>x</p>'.repeat(500)}`)).toBe(true);
  });

  test('takes an end tag for nothing that closes another element', () => {
    expect(isBounded('<b><i></b></i>'.repeat(201))).toBe(false);
  });

  test('is too high for HTML of more than 200,000 characters', () => {
    expect(isBounded('x'.repeat(200_001))).toBe(false);
  });
});

describe('raw HTML of a message', () => {
  test.each([
    ['<b>bold</b>', '<b>bold</b>'],
    ['<B>bold</B>', '<b>bold</b>'],
    ['<font color="#ff0000" onclick="x()">red</font>', '<font color="#ff0000">red</font>'],
    ["<a href='https://example.com'>x</a>", '<a href="https://example.com">x</a>'],
    [`<a title='"'>`, '<a title="&quot;">'],
    ['<script>alert(1)</script>', ''],
    ['<scr<script>x</script>ipt>', '&lt;script&gt;'],
    ['<!-- <b> -->', ''],
    ['<svg><style><!--</style><img src=x onerror=alert(1)>', '<img src="x">'],
    ['<textarea><b></textarea>', ''],
    ['<iframe src="https://example.com"></iframe>', ''],
    ['1 < 2 > 1', '1 &lt; 2 &gt; 1'],
    ['<', '&lt;'],
    ['<b', '&lt;b'],
    ['<custom-element>x</custom-element>', 'x'],
    ['<math><mi//xlink:href="data:x,<script>alert(1)</script>">', '&lt;mi//xlink:href="data:x,"&gt;'],
  ])('%s becomes %s', (html, rewritten) => {
    expect(rewriteHtml(html)).toBe(rewritten);
  });

  test('has no tag left that is not of the list, and no < that begins none', () => {
    const pieces = [
      '<',
      '>',
      '<b>',
      '</b>',
      '<script>',
      '</script>',
      '<!--',
      '-->',
      '"',
      "'",
      '<img src=x',
      ' onerror=y',
      '<p ',
      '/',
    ];
    for (let seed = 0; seed < 2000; seed++) {
      const html = Array.from(
        { length: 8 },
        (_, index) => pieces[(seed * 7919 + index * index * 104_729) % pieces.length],
      );
      const rewritten = rewriteHtml(html.join(''));
      expect(rewritten.replaceAll(/<\/?(?:b|img|p)(?: [a-z]+="[^"<>]*")*>/g, '')).not.toMatch(/</);
    }
  });
});
