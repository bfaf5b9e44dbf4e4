import { describe, expect, test } from 'vitest';
import { pictureUrl, safeUrl, splitLinks } from './links.ts';

describe('the address of a link', () => {
  test.each([
    ['https://example.com', 'https://example.com/'],
    ['HTTP://EXAMPLE.com/a b', 'http://example.com/a%20b'],
    ['mailto:a@example.com', 'mailto:a@example.com'],
    ['dingtalk://dingtalkclient/page/link?url=https%3A%2F%2Fexample.com%2F%3Fa%3D1', 'https://example.com/?a=1'],
  ])('%s leads to %s', (text, url) => {
    expect(safeUrl(text)).toBe(url);
  });

  test.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' \u0001javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://example.com/1',
    '/console',
    '//example.com',
    'example.com',
    '#top',
    '',
    'https://',
    'dingtalk://dingtalkclient/page/link',
    'dingtalk://dingtalkclient/page/link?url=javascript%3Aalert(1)',
    `dingtalk://a?url=${encodeURIComponent('dingtalk://a?url=https://example.com')}`,
  ])('%j leads nowhere', (text) => {
    expect(safeUrl(text)).toBe(undefined);
  });

  test('of a picture is http or https', () => {
    expect(pictureUrl('https://example.com/a.png')).toBe('https://example.com/a.png');
    expect(pictureUrl('mailto:a@example.com')).toBe(undefined);
    expect(pictureUrl('data:image/svg+xml,<svg onload="alert(1)"/>')).toBe(undefined);
    expect(pictureUrl(undefined)).toBe(undefined);
  });
});

describe('links in a plain text', () => {
  const urlsIn = (text: string) => splitLinks(text).flatMap(({ url }) => url ?? []);

  test.each([
    ['See https://example.com/a?b=1#c.', ['https://example.com/a?b=1#c']],
    ['请打开https://example.com/报名，谢谢', ['https://example.com/']],
    ['(https://example.com), then http://example.org!', ['https://example.com/', 'http://example.org/']],
    ['<a href="https://example.com">', ['https://example.com/']],
    ['javascript:alert(1) and ftp://example.com', []],
    ['https:// and http://?', []],
  ])('%s', (text, urls) => {
    expect(urlsIn(text)).toEqual(urls);
  });

  test.each([
    '',
    ' ',
    'https://example.com',
    'a https://example.com b https://example.org.',
    '😀https://example.com😀',
  ])('leave every character of %j where it was', (text) => {
    const pieces = splitLinks(text);
    expect(pieces.map((piece) => piece.text).join('')).toBe(text);
    for (const { text: piece, at } of pieces) expect(text.slice(at, at + piece.length)).toBe(piece);
  });

  test('are not searched for in a text of more than 100,000 characters, which is cut', () => {
    const [piece, ...more] = splitLinks(`https://example.com/ ${'x'.repeat(100_000)}`);
    expect(more).toEqual([]);
    expect(piece?.url).toBe(undefined);
    expect(piece?.text).toHaveLength(100_001);
  });

  test('of many beginnings of addresses are found in one pass', () => {
    const text = 'http://'.repeat(10_000);
    expect(
      splitLinks(text)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text);
  });
});
