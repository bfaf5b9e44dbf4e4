/** One Chinese word for each term, in the pages, the API document and the README. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pages, root } from '../support/pages.ts';

const files = [
  'README.zh.md',
  'web/inbox/texts.ts',
  'web/shared/words.ts',
  ...readdirSync(join(root, 'web/console/texts'))
    .filter((name) => !/^(?:en|index|use-.*)\.ts$/.test(name))
    .map((name) => `web/console/texts/${name}`),
  'src/wire/openapi/chinese.ts',
  ...['vendor', 'inbox', 'console', 'emulator'].map((name) => `src/wire/openapi/chinese-fields/${name}.ts`),
  ...['client', 'emulator', 'metrics', 'options', 'setup'].map((name) => `scripts/chinese/${name}.ts`),
  // The texts of this page are those of src/wire/openapi; its headings are paths.
  ...pages.filter((path) => path.startsWith('docs/zh/') && path !== 'docs/zh/reference/http.md'),
];

/** Words that are not used, and their replacements. */
const words: readonly (readonly [RegExp, string])[] = [
  [/应答/g, '响应'],
  [/延时/g, '延迟'],
  [/接收人|接收者/g, '收件人'],
  [/阅读者|读者/g, '自动已读 or 收件人'],
  [/(?<![\w（-])[Tt]okens?(?![\w-])/g, '令牌'],
  [/企业(?!内部应用)/g, '组织'],
  [/打印/g, '输出'],
  [/[「」]/g, '“ and ”'],
  [/离开了?(?:群或)?组织/g, '离职'],
  [/网段/g, '地址段'],
  [/内部网络/g, '内网'],
  [/接收端/g, '接收程序'],
  [/(?<![\w-]|## )Webhook(?![\w-])/g, 'webhook'],
  [/清除(?:过期|超过保留期)/g, '清理'],
];

/** The Chinese sentences of a file: without code, and without names that are not displayed. */
function chineseOf(path: string): string {
  const text = readFileSync(join(root, path), 'utf8');
  if (path.endsWith('.md')) return text.replace(/```.*?```|^ {4}.*$|`[^`\n]*`|<a [^>]*>/gms, '');
  const strings = text.match(/'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g) ?? [];
  const chinese = strings.filter((one) => /[\u4e00-\u9fff]/.test(one));
  return chinese.map((one) => (one.startsWith("'") ? one.replace(/`[^`\n]*`/g, '') : one)).join('\n');
}

test.each(files)('%s has one word for each term', (path) => {
  const text = chineseOf(path);
  expect(text.length).toBeGreaterThan(100);
  for (const [wrong, right] of words) expect([right, text.match(wrong) ?? []]).toEqual([right, []]);
});
