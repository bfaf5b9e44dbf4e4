import { describe, expect, test } from 'vitest';
import { createMediaUrl } from '../../console/parts/media-url.ts';
import { inboxMediaUrl, isMediaId } from './media-url.ts';

const id = '@0123456789abcdefABCDEF_-01234567';

describe('the path of a file', () => {
  test('names the message and the file', () => {
    expect(inboxMediaUrl('f00', id)).toBe(`/inbox/v1/messages/f00/media/${encodeURIComponent(id)}`);
    expect(createMediaUrl('a&b')('f00', id)).toBe(`/console/v1/media/${encodeURIComponent(id)}/content?corpId=a%26b`);
  });

  test.each([
    '',
    '@x',
    '$iAEKAqNwbmcDBgTNAk',
    `${id}x`,
    '@../../../../../../../../../robots/x',
    'https://example.com/a.png',
  ])('does not exist for %j, which is no id of this server', (text) => {
    expect(inboxMediaUrl('f00', text)).toBeUndefined();
    expect(createMediaUrl('c')('f00', text)).toBeUndefined();
  });
});

test.each<[string, boolean]>([
  [id, true],
  ['@lADPDe7s2ySi18PNA6XNBXg', true],
  ['$iAEKAqNwbmcDBgTNAk', true],
  ['https://example.com/@a', false],
  ['@', false],
  ['@a b', false],
  ['', false],
])('%j is an id of a file: %s', (text, expected) => {
  expect(isMediaId(text)).toBe(expected);
});
