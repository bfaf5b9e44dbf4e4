/** Messages that could exhaust the parsers, the page or the reader. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { becomes, pages } from '../support/harness.ts';
import { desk } from '../support/operator.ts';

const { needsBrowser, opened, sent, server, visitor } = await pages();

const limit = 14_000;
const repeat = (text: string) => text.repeat(Math.floor(limit / text.length));
const count = (length: number, text: (index: number) => string) => Array.from({ length }, (_, i) => text(i)).join('');

/** Markdown that nests, or that is slow to parse, each within the 15,000 bytes of a msgParam. */
const markdowns: Readonly<Record<string, string>> = {
  'blockquotes within each other': '>'.repeat(2500),
  'blockquotes up to the limit': repeat('> '),
  'lists within each other, by indentation': count(110, (i) => `${' '.repeat(i)}- a\n`),
  'lists within each other, on one line': repeat('1. '),
  'lists and blockquotes in turns': repeat('> - '),
  'emphasis in two kinds in turns': repeat('*a_'),
  'emphasis within emphasis': '*a '.repeat(2000) + ' b*'.repeat(2000),
  'one very long run of stars': `${'*'.repeat(6500)}a${'*'.repeat(6500)}`,
  'stars that open nothing': repeat('.*a'),
  'strikethrough within strikethrough': '~~a '.repeat(1500) + ' b~~'.repeat(1500),
  brackets: repeat('['),
  'brackets in pairs': '['.repeat(6500) + ']'.repeat(6500),
  'links within links': `${'['.repeat(2500)}a${'](b)'.repeat(2500)}`,
  'images within images': '![a'.repeat(1800) + '](b)'.repeat(1800),
  'runs of backticks, each longer': count(160, (i) => `${'`'.repeat(i)}a`),
  'a table of 1,000 columns whose short rows are filled up': `|${'a|'.repeat(1000)}\n|${'-|'.repeat(1000)}\n${'a\n'.repeat(3500)}`,
  'reference definitions': count(1000, (i) => `[a${i}]: b\n`),
  'one long reference used many times': `[a]: ${'b'.repeat(7000)}\n${'[a]'.repeat(2000)}`,
  'raw HTML within each other': repeat('<b>'),
  'formatting that every later block opens again': count(300, (i) => `<font color=a${i}>`) + '<p>x'.repeat(2000),
  'formatting that tables hide the end of': count(200, (i) => `<font color=a${i}><table><td></font></table>`),
  'an end tag within a comment': `${count(300, (i) => `<font color=a${i}><!--</font>-->`)}${'<p>x'.repeat(500)}`,
  'end tags within attributes': `${count(250, (i) => `<font color=a${i}><img alt="></font>">`)}${'<p>x'.repeat(500)}`,
  'comments without an end': repeat('<!--'),
  'angle brackets': repeat('<'),
  'spaces between two letters': `a${' '.repeat(13_000)}b`,
  'a heading of spaces': `# a${' '.repeat(13_000)}b`,
  'URLs of punctuation': `http://a${'?!'.repeat(6500)}`,
  ampersands: repeat('&'),
  'backslashes and brackets': '\\['.repeat(4500),
  'one line per letter': 'a\n'.repeat(3000),
};

/** The number of elements of each message, and their depth. */
const sizes = (page: Page) =>
  page.evaluate<
    readonly { count: number; depth: number }[]
  >(`[...document.querySelectorAll('.message')].map((message) => {
    const depthOf = (element) => 1 + Math.max(0, ...[...element.children].map(depthOf));
    return { count: message.querySelectorAll('*').length, depth: depthOf(message) };
  })`);

const slow = { timeout: 180_000 };

test(
  `${Object.keys(markdowns).length} Markdown texts that exhaust a parser leave the conversation usable`,
  slow,
  async (context) => {
    needsBrowser(context);
    const page = await opened('u01', 'robot-one');
    const complaints: string[] = [];
    page.on('pageerror', ({ message }) => complaints.push(message));
    let shown = 0;
    for (const [name, text] of Object.entries(markdowns)) {
      const title = `about ${name}`;
      await sent({ userIds: ['u01'], msgKey: 'sampleMarkdown', msgParam: JSON.stringify({ title, text }) });
      shown += 1;
      await becomes(() => page.locator('.row-text').first().textContent(), title);
      await becomes(async () => (await sizes(page)).every(({ count, depth }) => count < 21_000 && depth < 210), true);
    }
    await page.reload();
    await becomes(() => page.locator('.row-text').first().textContent(), `about ${Object.keys(markdowns).at(-1)}`);
    await page.getByRole('textbox', { name: 'Search messages' }).fill('about backslashes');
    await page.locator('.result').first().click();
    await page.locator('[data-target]').waitFor();
    expect(complaints).toEqual([]);
    expect(shown).toBe(Object.keys(markdowns).length);
  },
);

test('Markdown beyond the bounds is shown as plain text with a note', slow, async (context) => {
  needsBrowser(context);
  const text = `${'<p>'.repeat(300)}the words`;
  await sent({ userIds: ['u02'], msgKey: 'sampleMarkdown', msgParam: JSON.stringify({ title: 'x', text }) });
  const page = await opened('u02', 'robot-one');
  await page.locator('.message', { hasText: 'the words' }).waitFor();
  expect(await page.locator('.message').textContent()).toContain('plain text');
  const chinese = await opened('u02', 'robot-one', { locale: 'zh-CN' });
  await chinese.locator('.message', { hasText: '纯文本' }).waitFor();
});

test('Markdown within the bounds is formatted as before', slow, async (context) => {
  needsBrowser(context);
  const text = [
    '# One',
    '> > quoted **twice**',
    '- a\n  - b\n    - c',
    '| x | y |\n| - | - |\n| 1 | 2 |',
    '<font color="#c92a2a">red</font> and <b>bold</b><br>next snake_case_word',
    '`code` [link](https://example.com/)',
  ].join('\n\n');
  await sent({ userIds: ['u03'], msgKey: 'sampleMarkdown', msgParam: JSON.stringify({ title: 'x', text }) });
  const page = await opened('u03', 'robot-one');
  const markdown = page.locator('.markdown');
  for (const selector of ['h3', 'blockquote blockquote strong', 'li li li', 'td', 'b', 'br', 'code', 'a[href]'])
    await markdown.locator(selector).first().waitFor({ state: 'attached' });
  expect(await markdown.locator('font').getAttribute('color')).toBe('#c92a2a');
  expect(await markdown.textContent()).toContain('snake_case_word');
});

/** Possible names of a robot, and texts of one. */
const zalgo = `z${'\u0301\u0489\u0360'.repeat(60)}`;

test('long, stacked and reversed characters in a text stay within their message', slow, async (context) => {
  needsBrowser(context);
  for (const content of [zalgo.repeat(20), 'W'.repeat(5000), `\u202E${'reversed '.repeat(50)}`, '\u0007\u001b[31mred'])
    await sent({ userIds: ['u04'], msgKey: 'sampleText', msgParam: JSON.stringify({ content }) });
  await sent({
    userIds: ['u04'],
    msgKey: 'sampleFile',
    msgParam: JSON.stringify({ mediaId: '@1', fileName: 'F'.repeat(3000), fileType: 'x'.repeat(3000) }),
  });
  const page = await opened('u04', 'robot-one');
  await becomes(() => page.locator('.message').count(), 5);
  const overflow = await page.evaluate(`[...document.querySelectorAll('.message > *')].filter((one) =>
    one.scrollWidth > one.parentElement.clientWidth + 1 || one.getBoundingClientRect().right > innerWidth).length`);
  expect(overflow).toBe(0);
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
});

test(
  'the console shows a msgParam whose indents would fill the memory, and the request that sent it',
  slow,
  async (context) => {
    needsBrowser(context);
    await sent({
      userIds: ['u05'],
      msgKey: 'sampleMarkdown',
      msgParam: `{"title":"many brackets","text":"x","more":${'['.repeat(30)}${'{"a":'.repeat(30)}1${'}'.repeat(30)}${']'.repeat(30)}}`,
    });
    const { page, complaints } = await desk({ server, visitor }).operator('/messages?corpId=corp-one');
    await page.getByRole('link', { name: 'many brackets' }).first().click();
    await page.locator('details summary').first().click();
    await page.locator('pre.text', { hasText: '[[[[[[' }).waitFor();
    expect(complaints).toEqual([]);
  },
);
