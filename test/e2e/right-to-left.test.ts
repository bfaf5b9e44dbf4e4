/** Names and texts in Arabic and Hebrew, in pages that run from left to right. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { dingWorld } from '../conformance/support/dings.ts';
import { groupWorld } from '../conformance/support/groups.ts';
import { uploaded } from '../conformance/support/media.ts';
import { noticeWorld } from '../conformance/support/notices.ts';
import { appsWithPush } from '../conformance/support/push.ts';
import { setup } from '../conformance/support/setup.ts';
import { bearer, ok } from '../conformance/support/world.ts';
import { seriousFindings } from './support/axe.ts';
import { buttonsOf, cardDesk } from './support/cards.ts';
import { becomes, pages } from './support/harness.ts';
import { choose, desk } from './support/operator.ts';

const person = 'نورة 2024 (فريق)';
const robot = 'בוט התראות 7!';
const company = 'شركة النور (١)';
const [first, ...others] = setup.organizations ?? [];
const users = first?.users?.map((user) => (user.userId === 'alice' ? { ...user, name: person } : user)) ?? [];
const robots = setup.robots?.map((one) => (one.robotCode === 'robot-one' ? { ...one, name: robot } : one)) ?? [];
const organizations = first ? [{ ...first, name: company, users }, ...others] : [];

const suite = await pages({ setup: { ...setup, organizations, robots, apps: appsWithPush } });
const { call, needsBrowser, opened, sent, server, tokenOf, visitor } = suite;
const { ask, dinged } = dingWorld(suite);
const { emulate, group, sentTo } = groupWorld(server);
const { arrived } = noticeWorld(server);
const { operator, goTo } = desk({ server, visitor });
const { shown } = cardDesk(suite);

const slow = { timeout: 120_000 };

/** Visible texts and fields that start from right to left but take their direction from their surroundings. */
const notIsolated = (page: Page) =>
  page.evaluate<string[]>(`(() => {
    const rightToLeft = /^[^\\p{L}]*[\\u0590-\\u08ff]/u;
    const isOwn = (element) => {
      const { direction, unicodeBidi } = getComputedStyle(element);
      return direction === 'rtl' || unicodeBidi === 'plaintext';
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const wrong = [];
    while (texts.nextNode()) {
      const { data, parentElement } = texts.currentNode;
      if (parentElement.closest('script, style, .avatar') || !/[\\u0590-\\u08ff]/.test(data)) continue;
      if (data.includes('\\u2068') || isOwn(parentElement)) continue;
      if (rightToLeft.test(data) || parentElement.closest('bdi, [dir]') === null) wrong.push(parentElement.outerHTML);
    }
    for (const field of document.querySelectorAll('input, textarea'))
      if (rightToLeft.test(field.value) && !isOwn(field)) wrong.push(field.outerHTML);
    return wrong;
  })()`);

/** The number of visible right-to-left texts: a page without any proves nothing. */
const countRightToLeft = (page: Page) =>
  page.evaluate<number>(`[...document.body.innerText.matchAll(/[\\u0590-\\u08ff]+/g)].length +
    [...document.querySelectorAll('input, textarea')].filter(({ value }) => /[\\u0590-\\u08ff]/.test(value)).length`);

async function isolated(page: Page) {
  await expect.poll(() => countRightToLeft(page)).toBeGreaterThan(0);
  expect(await notIsolated(page)).toEqual([]);
}

const text = 'الاجتماع في 10:30 (قاعة B2).';
const kinds: readonly (readonly [string, object])[] = [
  ['sampleText', { content: `${text} https://example.com/a?b=1` }],
  [
    'sampleMarkdown',
    {
      title: text,
      text: `## ${text}\n\n- ${text}\n- **${text}**\n\n> ${text}\n\n| ${text} | 1 |\n| - | - |\n| ${text} | 2 |`,
    },
  ],
  ['sampleLink', { title: text, text, picUrl: '', messageUrl: 'https://example.com/' }],
  ['sampleActionCard', { title: text, text, singleTitle: 'عرض (1)', singleURL: 'https://example.com/' }],
  ['sampleActionCard', { title: text, text, singleTitle: 'عرض (2)', singleURL: 'javascript:x' }],
  ['sampleFile', { mediaId: '@x', fileName: 'تقرير 2024.pdf', fileType: 'pdf' }],
  ['sampleMarkdown', { title: text, text: `${'<p>'.repeat(300)}${text}` }],
];

test('the inbox gives every name and text its own direction', slow, async (context) => {
  needsBrowser(context);
  for (const [msgKey, param] of kinds) await sent({ userIds: ['alice'], msgKey, msgParam: JSON.stringify(param) });
  await shown('alice', {
    title: text,
    content: `${text}\n\n- ${text}`,
    flowStatus: '1',
    ...buttonsOf(text, 'عرض (1)'),
  });
  const page = await opened('alice', 'robot-one');
  await page.locator('.interactive .markdown').waitFor();
  await becomes(() => page.locator('.message').count(), kinds.length + 1);
  await isolated(page);
  // A list has its markers where its text starts.
  expect(await page.evaluate("getComputedStyle(document.querySelector('.markdown ul')).paddingRight")).not.toBe('0px');
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole('textbox', { name: 'Search messages' }).fill('الاجتماع');
  await page.locator('.result').first().waitFor();
  await isolated(page);
});

test('DINGs, quick links and descriptions of robots have their own direction', slow, async (context) => {
  needsBrowser(context);
  const robotCode = 'robot-one';
  const pluginInfoList = [{ icon: '@i', name: `{"en_US":"${text}"}`, pcUrl: 'https://example.com/' }];
  ok(await ask('plugins/set', { robotCode, pluginInfoList }));
  const token = { 'x-acs-dingtalk-access-token': await tokenOf() };
  const info = { robotCode, updateType: 1, brief: text };
  ok(await call('PUT', '/v1.0/robot/managements/infos', { body: info, headers: token }));
  await dinged({ receiverUserIdList: ['bob'], content: `${text} https://example.com/a` });
  const page = await opened('bob', robotCode);
  await page.locator('.ding').waitFor();
  await page.locator('.quick').waitFor();
  await isolated(page);
  expect(await seriousFindings(page)).toEqual([]);
});

test('groups, senders and members have their own direction', slow, async (context) => {
  needsBrowser(context);
  const { openConversationId } = await group({ title: `${company} 7!`, userIds: ['u20', 'alice'] });
  await sentTo(openConversationId, { msgParam: JSON.stringify({ content: text }) });
  const page = await opened('u20', encodeURIComponent(`group:${openConversationId}`));
  await page.locator('.sender').waitFor();
  await isolated(page);
  await page.getByRole('button', { name: 'Members' }).click();
  await page.locator('.member', { hasText: person }).waitFor();
  await isolated(page);
});

test('the name of a file shows its real ending', slow, async (context) => {
  needsBrowser(context);
  const fileName = 'invoice\u202efdp.exe';
  await sent({
    userIds: ['carol'],
    msgKey: 'sampleFile',
    msgParam: JSON.stringify({ mediaId: '@x', fileName, fileType: 'exe' }),
  });
  const page = await opened('carol', 'robot-one');
  await becomes(() => page.locator('.media b').textContent(), 'invoicefdp.exe');
});

test('the list of people to sign in as gives every name its own direction', slow, async (context) => {
  needsBrowser(context);
  const page = await (await visitor()).newPage();
  await page.goto(server.url);
  await page.getByRole('searchbox').fill('نورة');
  await page.locator('.people button', { hasText: 'نورة' }).waitFor();
  await isolated(page);
});

test('a name does not move what follows it: the number of a robot is at its own end', slow, async (context) => {
  needsBrowser(context);
  const page = await opened('alice', 'robot-one');
  const heading = page.locator('.thread h2');
  await heading.waitFor();
  // Rendered from right to left, the last character of the name is left of the first.
  const [start, end] = await page.evaluate<readonly [number, number]>(`(() => {
    const node = document.querySelector('.thread h2').firstChild;
    const leftOf = (index) => {
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + 1);
      return range.getBoundingClientRect().left;
    };
    return [leftOf(0), leftOf(node.data.length - 1)];
  })()`);
  expect(end).toBeLessThan(start);
  // It starts where names in the other direction do.
  expect(await page.evaluate("getComputedStyle(document.querySelector('.thread h2')).textAlign")).toBe('left');
});

/** Departments, groups, custom robots, work notices, files, endpoints, and the pages of a user and an HTTP push. */
async function places(page: Page) {
  const headers = bearer(server.adminToken);
  const department = { corpId: 'corp-one', deptId: 10, name: company };
  ok(await call('POST', '/console/v1/departments', { headers, body: department }));
  ok(await call('POST', '/console/v1/departments', { headers, body: { ...department, deptId: 11, parentId: 10 } }));
  const change = { title: text, departments: [{ deptId: 11 }] };
  ok(await call('PUT', '/console/v1/users/alice?corpId=corp-one', { headers, body: change }));
  const { openConversationId } = await group({ title: company });
  await sentTo(openConversationId, { msgParam: JSON.stringify({ content: text }) });
  await uploaded(server, await tokenOf(), 'file', Buffer.from('%PDF-1.7\n'), 'تقرير 2024.pdf');
  await emulate('POST', 'customRobots', { openConversationId, name: robot });
  const task = await arrived({ userid_list: 'alice', msg: { msgtype: 'text', text: { content: text } } });
  await shown('bob', { title: text, content: text, ...buttonsOf(text) });
  const { cards } = ok(await call('GET', '/console/v1/cards?corpId=corp-one', { headers }));
  const [{ cardId } = { cardId: '' }] = cards as { readonly cardId: string }[];
  const endpoint = { corpId: 'corp-one', url: 'http://127.0.0.1:1/', description: text };
  const { endpointId } = ok(await call('POST', '/console/v1/endpoints', { headers, body: endpoint }));
  await emulate('POST', 'reads', {
    processQueryKey: await sent({ userIds: ['alice'], msgParam: JSON.stringify({ content: text }) }),
  });
  const groupPage = `/groups/${encodeURIComponent(openConversationId)}`;
  const paths = [
    '/apps/app-one',
    '/cards',
    `/cards/${cardId}`,
    '/departments',
    '/departments/11',
    '/users/alice',
    '/groups',
    groupPage,
    '/custom-robots',
    '/files',
  ];
  for (const path of [...paths, '/notices', `/notices/${task}`, '/endpoints', `/endpoints/${endpointId}`]) {
    await goTo(page, `${path}?corpId=corp-one`);
    await becomes(() => page.locator('.ant-skeleton, [aria-busy=true]').count(), 0);
    await isolated(page);
  }
  await goTo(page, '/messages?corpId=corp-one&sentTo=group');
  await page.locator('.main-cell a').first().click();
  await page.getByText('Unread 3', { exact: true }).click();
  await page.locator('.list-row').first().waitFor();
  await isolated(page);
}

test('the lists and pages of the console give every name and text its own direction', slow, async (context) => {
  needsBrowser(context);
  for (const [msgKey, param] of kinds)
    await sent({ userIds: ['alice', 'bob'], msgKey, msgParam: JSON.stringify(param) });
  const { page, complaints } = await operator('/messages?corpId=corp-one');
  for (const path of ['/messages', '/unread', '/organizations', '/users?text=alice', '/robots', '/apps']) {
    await goTo(page, `${path}${path.includes('?') ? '&' : '?'}corpId=corp-one`);
    await page.locator('td').first().waitFor();
    await isolated(page);
  }
  await places(page);
  await goTo(page, '/compose?corpId=corp-one');
  await choose(page, 'Robot', robot);
  await choose(page, 'Add a user', person);
  await page.getByText('Choose from the tree').click();
  await page.getByRole('checkbox', { name: company }).first().waitFor();
  await page.getByRole('textbox', { name: 'Text' }).fill(text);
  await page.locator('.as-inbox').waitFor();
  await isolated(page);
  await goTo(page, '/requests');
  await page.locator('.cell-button', { hasText: 'batchSend' }).first().click();
  await page.locator('pre.text').first().waitFor();
  await isolated(page);
  await goTo(page, '/messages?corpId=corp-one');
  await page.locator('.main-cell a').first().click();
  await page.locator('details summary').first().click();
  await page.locator('pre.text').first().waitFor();
  await isolated(page);
  expect(await page.title()).toContain('\u2068');
  expect(await seriousFindings(page)).toEqual([]);
  expect(complaints).toEqual([]);
});

test('dialogs, drawers, selects and sentences of the console isolate the names in them', slow, async (context) => {
  needsBrowser(context);
  const { page } = await operator('/users?corpId=corp-one&text=alice');
  const dialog = page.getByRole('dialog');
  for (const button of ['Edit', 'Remove', 'Sign-in link']) {
    await page
      .getByRole('button', { name: `${button}: ` })
      .first()
      .click();
    await dialog.waitFor();
    await isolated(page);
    if (button === 'Sign-in link') {
      await dialog.getByRole('button', { name: 'Create' }).click();
      await page.getByText('It works once').waitFor();
      await isolated(page);
      await page.keyboard.press('Escape');
    } else await dialog.getByRole('button', { name: 'Cancel' }).click();
    await becomes(() => dialog.count(), 0);
  }
  await goTo(page, '/messages?corpId=corp-one');
  await choose(page, 'Robot', robot);
  await isolated(page);
  await goTo(page, '/robots?corpId=corp-one');
  await page.getByRole('button', { name: /^Manage .*בוט/ }).click();
  await page.locator('.tiles').first().waitFor();
  await isolated(page);
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(`${robot} אחר`);
  await isolated(page);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved').waitFor();
  await goTo(page, '/audit');
  await page.getByText('אחר').first().waitFor();
  await isolated(page);
});
