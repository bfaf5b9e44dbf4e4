import { expect, test } from 'vitest';
import { resolveQuickEntries } from './quick-entries.ts';

const send = (text: string) => `dtmd://dingtalkclient/sendMessage?content=${encodeURIComponent(text)}`;
const page = 'https://example.com/help';
const desktop = { language: 'en', isTouched: false, canSay: true } as const;

type Entry = Parameters<typeof resolveQuickEntries>[0][number];

const entry = (
  pcUrl: string | null,
  mobileUrl: string | null = null,
  names: Entry['names'] = { en_US: 'Help' },
): Entry => {
  return { names, pcUrl, mobileUrl };
};

const targetOf = (one: Entry, options: Parameters<typeof resolveQuickEntries>[1] = desktop) => {
  const [{ text, url } = {}] = resolveQuickEntries([one], options);
  return text ?? url;
};

test.each<[string, Entry, string | undefined]>([
  ['a web address opens', entry(page), page],
  ['a dtmd link sends its text', entry(send('帮助 & more')), '帮助 & more'],
  ['an address for the vendor’s client opens the page in it', entry(`dingtalk://x/page/link?url=${page}`), page],
  ['the longest text is sent', entry(send('x'.repeat(1000))), 'x'.repeat(1000)],
  ['a text that is too long is left out', entry(send('x'.repeat(1001))), undefined],
  ['a blank text is left out', entry(send(' ')), undefined],
  ['a dangerous address is left out', entry('javascript:alert(1)'), undefined],
  ['another dtmd link is left out', entry('dtmd://dingtalkclient/openMicroApp?x=1'), undefined],
  ['the address for phones replaces an unusable one', entry('javascript:alert(1)', page), page],
])('%s', (_, one, target) => {
  expect(targetOf(one)).toBe(target);
});

test('a phone uses its own address first', () => {
  expect(targetOf(entry(page, send('hi')), { ...desktop, isTouched: true })).toBe('hi');
  expect(targetOf(entry(send('hi'), page), { ...desktop, isTouched: true })).toBe(page);
});

test('a reader who cannot write gets the other address, or none', () => {
  expect(targetOf(entry(send('hi'), page), { ...desktop, canSay: false })).toBe(page);
  expect(targetOf(entry(send('hi')), { ...desktop, canSay: false })).toBeUndefined();
});

test('the name is in the language of the page, else the first one', () => {
  const both = entry(page, null, { zh_CN: '帮助', en_US: 'Help' });
  const names = (language: 'zh' | 'en') => resolveQuickEntries([both], { ...desktop, language })[0]?.name;
  expect([names('zh'), names('en')]).toEqual(['帮助', 'Help']);
  const other = entry(page, null, { ja_JP: 'ヘルプ' });
  expect(resolveQuickEntries([other], desktop)[0]?.name).toBe('ヘルプ');
});
