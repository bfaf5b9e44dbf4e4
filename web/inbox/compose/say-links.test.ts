import { expect, test } from 'vitest';
import { sayTextOf } from './say-links.ts';

test.each<[string | undefined, string | undefined]>([
  ['dtmd://dingtalkclient/sendMessage?content=hello', 'hello'],
  ['dtmd://dingtalkclient/sendMessage?content=%E4%BD%A0%E5%A5%BD%26a%3Db', '你好&a=b'],
  ['DTMD://DingTalkClient/sendmessage?x=1&content=yes', 'yes'],
  [`dtmd://dingtalkclient/sendMessage?content=${'x'.repeat(1000)}`, 'x'.repeat(1000)],
  [`dtmd://dingtalkclient/sendMessage?content=${'x'.repeat(1001)}`, undefined],
  ['dtmd://dingtalkclient/sendMessage?content=%20%20', undefined],
  ['dtmd://dingtalkclient/sendMessage', undefined],
  ['dtmd://elsewhere/sendMessage?content=hello', undefined],
  ['https://dingtalkclient/sendMessage?content=hello', undefined],
  ['javascript:alert(1)//dtmd://dingtalkclient/sendMessage?content=hello', undefined],
  [undefined, undefined],
])('the link %j sends %j', (url, text) => {
  expect(sayTextOf(url)).toBe(text);
});
