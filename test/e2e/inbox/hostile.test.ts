import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { setup } from '../../conformance/support/setup.ts';
import { cardDesk } from '../support/cards.ts';
import { becomes, pages } from '../support/harness.ts';

/** Records that it was executed. */
const run = 'window.top.ran=1';
const html = `<img src=x onerror="${run}">`;

const hostileName = `<img src=x onerror=${run}><script>${run}</script>`;
const [organization, ...others] = setup.organizations ?? [];
const users = organization?.users?.map((user) => (user.userId === 'bob' ? { ...user, name: hostileName } : user)) ?? [];
const robots = setup.robots?.map((robot) =>
  robot.robotCode === 'robot-one' ? { ...robot, name: hostileName } : robot,
);

const suite = await pages({
  setup: { ...setup, organizations: organization ? [{ ...organization, users }, ...others] : [], robots: robots ?? [] },
});
const { needsBrowser, opened, sent } = suite;
const { shown, write } = cardDesk(suite);

const markdowns = [
  html,
  `<script>${run}</script>`,
  `<svg onload="${run}"></svg>`,
  `<svg><script>${run}</script></svg>`,
  `<svg><animate onbegin="${run}" attributeName=x dur=1s>`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;${html}">`,
  `<iframe src="javascript:${run}"></iframe>`,
  `<iframe srcdoc="<script>${run}</script>"></iframe>`,
  `<object data="javascript:${run}"></object>`,
  `<embed src="javascript:${run}">`,
  `<body onload="${run}">`,
  `<details open ontoggle="${run}">x</details>`,
  `<video><source onerror="${run}"></video>`,
  `<audio src=x onerror="${run}"></audio>`,
  `<input autofocus onfocus="${run}">`,
  `<form action="javascript:${run}"><button>press</button></form>`,
  `<button formaction="javascript:${run}" form=x>press</button>`,
  `<meta http-equiv="refresh" content="0;url=javascript:${run}">`,
  `<base href="javascript:${run}//">`,
  `<link rel=stylesheet href="javascript:${run}">`,
  `<style>@import 'javascript:${run}'; body { display: none }</style>`,
  `<div style="position:fixed;inset:0;background:url(javascript:${run})">over everything</div>`,
  `<template><img src=x onerror="${run}"></template>`,
  `<noscript><p title="</noscript>${html}">`,
  `<a href="javascript:${run}">raw</a>`,
  `[js](javascript:${run})`,
  `[js](JaVaScRiPt:${run})`,
  `[js](java&#10;script:${run})`,
  `[js](&#106;avascript:${run})`,
  `[data](data:text/html,<script>${run}</script>)`,
  `[vb](vbscript:${run})`,
  `![x](javascript:${run})`,
  `![x](data:image/svg+xml,<svg onload="${run}">)`,
  `![x" onerror="${run}](x)`,
  `[a](https://example.com" onclick="${run})`,
  `<https://example.com" onclick="${run}">`,
  `\`\`\`html" onclick="${run}\n${html}\n\`\`\``,
  `# ${html}`,
  `| ${html} |\n| --- |\n| ${html} |`,
  `<img id=root name=body src=x onerror="${run}">`,
  `<a id=location href="javascript:${run}">x</a><a id=location name=href href="javascript:${run}">x</a>`,
  `[wrapped](dingtalk://dingtalkclient/page/link?url=javascript%3A${run})`,
];

const urls = [
  `javascript:${run}`,
  ` javascript:${run}`,
  `JAVASCRIPT:${run}`,
  `java\tscript:${run}`,
  `\u0001javascript:${run}`,
  `data:text/html,<script>${run}</script>`,
  `vbscript:${run}`,
  'file:///etc/passwd',
  'blob:https://example.com/x',
  `dingtalk://dingtalkclient/page/link?url=${encodeURIComponent(`javascript:${run}`)}`,
  `dingtalk://x?url=${encodeURIComponent(`dingtalk://x?url=javascript:${run}`)}`,
  `https://example.com/"onclick="${run}`,
];

const kinds = (url: string): readonly (readonly [string, object])[] => [
  ['sampleLink', { title: html, text: html, picUrl: url, messageUrl: url }],
  ['sampleActionCard', { title: html, text: 'x', singleTitle: html, singleURL: url }],
  ['sampleImageMsg', { photoURL: url }],
  ['sampleText', { content: `${url} ${html}` }],
];

/** Clicks everything clickable in the messages; the page closes new tabs. */
const pressAll = (page: Page) =>
  page.evaluate(`for (const one of document.querySelectorAll('.messages a, .messages button, .messages summary, .is-off')) {
    one.addEventListener('click', (event) => /^(https?|mailto):/.test(one.href ?? '') && event.preventDefault());
    one.click();
  }`);

const whatCouldRun = (page: Page) =>
  page.evaluate(`[...document.querySelectorAll('.inbox *')].flatMap((one) => [...one.attributes]
    .filter(({ name, value }) => /^on/i.test(name) || /^\\s*(?:javascript|vbscript|data|blob|file|dingtalk):/i.test(value)
      || ['style', 'id'].includes(name) && one.closest('.messages'))
    .map(({ name, value }) => one.tagName + ' ' + name + '=' + value))
    .concat([...document.querySelectorAll('.inbox :is(script, iframe, object, embed, style, form, base, meta, link, template)')].map((one) => one.tagName))`);

const show = async (page: Page, count: number) => {
  await becomes(() => page.locator('.message').count(), count);
  await pressAll(page);
  expect(await page.evaluate('window.ran')).toBeUndefined();
  expect(await whatCouldRun(page)).toEqual([]);
};

test(`${markdowns.length} hostile Markdown texts execute nothing`, { timeout: 90_000 }, async (context) => {
  needsBrowser(context);
  const page = await opened('u01', 'robot-one');
  for (let start = 0; start < markdowns.length; start += 10) {
    const some = markdowns.slice(start, start + 10);
    for (const text of some)
      await sent({ userIds: ['u01'], msgKey: 'sampleMarkdown', msgParam: JSON.stringify({ title: text, text }) });
    await show(page, start + some.length);
  }
  for (const link of await page.locator('.messages a[href]').all()) {
    expect(await link.getAttribute('rel')).toContain('noopener');
    expect(await link.getAttribute('target')).toBe('_blank');
  }
});

test(`${urls.length} hostile URLs lead nowhere, in no kind of message`, { timeout: 90_000 }, async (context) => {
  needsBrowser(context);
  for (const [index, url] of urls.entries()) {
    const userId = `u${String(index + 2).padStart(2, '0')}`;
    for (const [msgKey, param] of kinds(url))
      await sent({ userIds: [userId], msgKey, msgParam: JSON.stringify(param) });
    const page = await opened(userId, 'robot-one');
    await show(page, kinds(url).length);
    const targets = await page.evaluate<string[]>(
      `[...document.querySelectorAll('.messages a')].map((one) => one.href)`,
    );
    expect(targets.filter((target) => !target.startsWith('https://example.com/'))).toEqual([]);
    await page.context().close();
  }
});

test('hostile variables of cards execute nothing, also while they are written', {
  timeout: 90_000,
}, async (context) => {
  needsBrowser(context);
  const buttons = JSON.stringify(urls.map((url, index) => ({ text: html, actionId: `${index}`, url })));
  const all = markdowns.join('\n\n');
  // Variables are joined before they are sanitized: the parts of this element are harmless alone.
  const parts = { title: html, a: '<img src=x', b: `onerror="${run}">`, c: `<svg><script>`, d: `${run}</script>` };
  const pictures = { images: JSON.stringify(urls), cover: `javascript:${run}` };
  const { outTrackId } = await shown('u20', { ...parts, ...pictures, buttons, content: '' });
  const page = await opened('u20', 'robot-one');
  await page.locator('.interactive').waitFor();
  for (let end = 1; end < 6; end++) await write(outTrackId, all.slice(0, Math.floor((all.length * end) / 6)));
  await write(outTrackId, `${all}\n\nthe end`, { isFinalize: true });
  await page.locator('.interactive .markdown', { hasText: 'the end' }).waitFor();
  await show(page, 1);
  const targets = await page.evaluate<string[]>(
    `[...document.querySelectorAll('.interactive :is(a[href], img)')].map((one) => one.href ?? one.src)`,
  );
  expect(targets.filter((target) => !/^https:\/\/example\.com[/"]/.test(target))).toEqual([]);
});

test('names of people and robots are shown as text', { timeout: 60_000 }, async (context) => {
  needsBrowser(context);
  await sent({ userIds: ['bob'] });
  const page = await opened('bob', 'robot-one');
  await page.locator('h1', { hasText: '<script>' }).waitFor();
  await page.locator('h2', { hasText: '<script>' }).waitFor();
  await show(page, 1);
});
