import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { groupWorld } from '../../conformance/support/groups.ts';
import { uploaded } from '../../conformance/support/media.ts';
import { noticeWorld } from '../../conformance/support/notices.ts';
import { appsWithPush } from '../../conformance/support/push.ts';
import { setup } from '../../conformance/support/setup.ts';
import { bearer, ok } from '../../conformance/support/world.ts';
import { isLong, sample } from '../../support/long.ts';
import { seriousFindings } from '../support/axe.ts';
import { buttonsOf, cardDesk } from '../support/cards.ts';
import { becomes, pages } from '../support/harness.ts';
import { choose, desk, type Look } from '../support/operator.ts';

const suite = await pages({ setup: { ...setup, apps: appsWithPush } });
const { call, markRead, inboxOf, needsBrowser, recall, sent, server, signIn, tokenOf, visitor } = suite;
const { operator, turnTo } = desk(suite);
const { shown } = cardDesk(suite);
const { emulate, group, readBy, sentTo } = groupWorld(server);
const { sent: notified } = noticeWorld(server);

const slow = { timeout: 120_000 };
const headers = bearer(server.adminToken);
const change = async (method: string, path: string, body: object) =>
  ok(await call(method, `/console/v1${path}`, { headers, body }));

await change('POST', '/organizations', { corpId: 'corp-empty', name: 'Nobody yet' });
await change('POST', '/apps/suite/suiteTickets', {});
await sent({ userIds: ['alice', 'bob'], msgParam: '{"content":"read by one"}' });
const session = await signIn('alice');
await markRead(session, String((await inboxOf(session)).messages[0]?.messageId));
const gone = await sent({ userIds: ['bob'], msgParam: '{"content":"to be recalled"}' });
await recall({ processQueryKeys: [gone] });
await call('POST', '/v1.0/robot/oToMessages/batchSend', { body: {} });
await change('POST', '/departments', { corpId: 'corp-one', deptId: 10, name: 'Research' });
await change('POST', '/departments', { corpId: 'corp-one', deptId: 11, name: 'Team', parentId: 10 });
await change('PUT', '/users/carol?corpId=corp-one', { departments: [{ deptId: 10, manager: true }], title: 'Lead' });
const { openConversationId } = await group({ title: 'Axe group' });
await readBy(await sentTo(openConversationId, { msgParam: '{"content":"to a group"}' }), 'alice');
const task = await notified({ userid_list: 'alice,bob', msg: { msgtype: 'text', text: { content: 'a notice' } } });
await notified({ userid_list: 'alice,carol', msg: { msgtype: 'text', text: { content: 'a notice' } } });
await emulate('POST', 'customRobots', { openConversationId, name: 'Axe webhook', keywords: ['k'], sign: true });
await uploaded(server, await tokenOf(), 'file', Buffer.from('%PDF-1.7\n'), 'invoice.pdf');

await shown('bob', { title: 'Axe card', content: '**Three** days', flowStatus: '3', ...buttonsOf('Approve') });
const { cards } = ok(await call('GET', '/console/v1/cards', { headers, query: { corpId: 'corp-one' } }));
const [{ cardId } = { cardId: '' }] = cards as { readonly cardId: string }[];

const grants = [{ role: 'sender', corpId: 'corp-one' }, { role: 'auditor' }];
await change('POST', '/operators', { name: '王芳', email: 'wang.fang@example.com', grants });

const endpoint = { corpId: 'corp-one', url: 'http://127.0.0.1:1/receipts', description: '回执' };
const { endpointId } = await change('POST', '/endpoints', endpoint);
await sent({ userIds: ['bob'] });

type State = readonly [name: string, reach: (page: Page) => Promise<unknown>];

const dialog = (page: Page) => page.getByRole('dialog');
const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first().click();
const at =
  (path: string, reach: (page: Page) => Promise<unknown> = async () => {}) =>
  async (page: Page) => {
    await turnTo(page, path);
    await reach(page);
  };
const corp = '?corpId=corp-one';
const empty = '?corpId=corp-empty';

/** Writes a message to users and departments, with the tree of departments open. */
async function writeMessage(page: Page) {
  await choose(page, 'Robot', 'Name of robot-one');
  await choose(page, 'Add a user', 'Name of bob');
  await page.getByText('Choose from the tree').click();
  await page.getByRole('checkbox', { name: 'Research' }).check();
  await page.getByRole('textbox', { name: 'Text' }).fill('A message');
  await page.locator('.as-inbox').waitFor();
}

const messages: readonly State[] = [
  ['a message', at(`/messages${corp}`, (page) => page.getByRole('link', { name: 'read by one' }).click())],
  ['the recall of a message', (page) => press(page, 'Recall').then(() => dialog(page).waitFor())],
  ['a dangerous answer that is pointed at', (page) => dialog(page).getByRole('button', { name: 'Recall' }).hover()],
  ['a recalled message', at(`/messages${corp}`, (page) => page.getByRole('link', { name: /removed by/ }).click())],
  ['a filter that is open', at(`/messages${corp}`, (page) => page.getByRole('combobox', { name: 'Status' }).click())],
  [
    'a date that is chosen',
    at(`/messages${corp}`, async (page) => {
      await page.getByRole('textbox', { name: 'Sent from' }).click();
      await page.locator('.ant-picker-cell-in-view').first().waitFor();
    }),
  ],
  ['a message that is written', at(`/compose${corp}`, writeMessage)],
  ['the question before it is sent', (page) => press(page, 'Send').then(() => dialog(page).waitFor())],
  ['messages of which none matches', at(`/messages${corp}&text=nothing-like-this`)],
  ['work notices', at(`/notices${corp}`)],
  ['a work notice', at(`/notices/${task}${corp}&state=unread`)],
  ['the recall of a work notice', (page) => press(page, 'Recall').then(() => dialog(page).waitFor())],
  [
    'those who did not get a work notice',
    at(`/notices${corp}`, async (page) => {
      await page.getByRole('link', { name: 'a notice' }).first().click();
      await page.getByText('Not delivered 1', { exact: true }).click();
      await page.getByText('Same content again on that day').waitFor();
    }),
  ],
  ['cards', at(`/cards${corp}`)],
  ['a card', at(`/cards/${cardId}${corp}`)],
  ['a message with a card', (page) => page.getByRole('link', { name: 'A user' }).click()],
  ['DINGs', at(`/dings${corp}`)],
  ['the quotas of DINGs', (page) => press(page, 'Quotas').then(() => dialog(page).waitFor())],
  ['a message that does not exist', (page) => page.goto(`${server.url}/console/messages/m_nothing`)],
  ['a page that does not exist', (page) => page.goto(`${server.url}/console/nothing`)],
];

const point = (page: Page, name: string) => page.getByRole('button', { name }).first().hover();

const setUp: readonly State[] = [
  ['a button that is pointed at', at('/apps', (page) => point(page, 'Create app'))],
  ['an internal app', at('/apps', (page) => press(page, 'Manage app-one'))],
  ['a dangerous button that is pointed at', (page) => point(page, 'Rotate secret')],
  ['an HTTP push of events with a delivery', at('/apps/app-one')],
  ['the removal of an HTTP push', (page) => press(page, 'Remove').then(() => dialog(page).waitFor())],
  [
    'an app without an HTTP push',
    at('/apps', async (page) => {
      await press(page, 'Manage app-next');
      await page.getByText('No address is set.').waitFor();
    }),
  ],
  [
    'a new HTTP push with a mistake',
    async (page) => {
      await press(page, 'Set address');
      await dialog(page).last().getByRole('button', { name: 'Save' }).click();
      await page.getByText('Required.').first().waitFor();
    },
  ],
  ['a third-party app', at('/apps', (page) => press(page, /^Manage suite$/))],
  [
    'a new secret',
    async (page) => {
      await press(page, 'Rotate secret');
      await dialog(page).last().getByRole('button', { name: 'Rotate secret' }).click();
      await page.getByText('This is shown once').waitFor();
    },
  ],
  [
    'a new app with a mistake',
    at('/apps', async (page) => {
      await press(page, 'Create app');
      await dialog(page).getByRole('button', { name: 'Create' }).click();
      await page.getByText('Required.').waitFor();
    }),
  ],
  ['a robot', at('/robots', (page) => press(page, 'Manage Name of robot-one'))],
  [
    'a new robot',
    at('/robots', async (page) => {
      await press(page, 'Create robot');
      await choose(page, 'App', 'app-one');
    }),
  ],
  ['a new organization', at('/organizations', (page) => press(page, 'Add organization'))],
  ['organizations to choose from', at('/', (page) => page.getByRole('combobox', { name: 'Organization' }).click())],
  ['operators', at('/operators')],
  ['a new operator', (page) => press(page, 'Add operator').then(() => press(page, 'Add role'))],
  ['a change of the audit log', at('/audit')],
];

const people: readonly State[] = [
  ['a new user', at(`/users${corp}`, (page) => press(page, 'Add user'))],
  ['the removal of a user', at(`/users${corp}`, (page) => press(page, 'Remove: Name of bob'))],
  [
    'a sign-in link',
    at(`/users${corp}`, async (page) => {
      await press(page, 'Sign-in link: Name of bob');
      await dialog(page).getByRole('button', { name: 'Create' }).click();
      await page.getByText('It works once').waitFor();
    }),
  ],
  [
    'an import with mistakes',
    at(`/users${corp}`, async (page) => {
      await press(page, 'Import CSV');
      await dialog(page).getByRole('textbox', { name: 'CSV text' }).fill('one\n,two');
      await dialog(page).getByRole('button', { name: 'Check' }).click();
      await dialog(page).locator('.plain').waitFor();
    }),
  ],
  [
    'an import that can be made',
    async (page) => {
      await dialog(page).getByRole('textbox', { name: 'CSV text' }).fill('one,Eins');
      await dialog(page).getByRole('button', { name: 'Check' }).click();
      await dialog(page).getByRole('button', { name: 'Import 1 user' }).waitFor();
    },
  ],
];

const groupPage = `/groups/${encodeURIComponent(openConversationId)}`;

const places: readonly State[] = [
  [
    'an open branch of departments',
    at(`/departments${corp}`, async (page) => {
      await press(page, 'Departments below Research');
      await page.getByRole('link', { name: 'Team' }).waitFor();
    }),
  ],
  ['a new department', (page) => press(page, 'Add department')],
  ['a department', at(`/departments/10${corp}`)],
  ['a new member of a department', (page) => press(page, 'Add member')],
  ['a user', at(`/users/carol${corp}`)],
  ['a user who is edited', (page) => page.locator('.head-actions').getByRole('button', { name: 'Edit' }).click()],
  ['groups', at(`/groups${corp}`)],
  [
    'a new group',
    async (page) => {
      await press(page, 'Create group');
      await choose(page, 'Add a member', 'Name of bob');
    },
  ],
  ['a group', at(`${groupPage}${corp}&show=all`)],
  ['the end of a group', (page) => press(page, 'Disband').then(() => dialog(page).waitFor())],
  ['a message to a group', at(`/messages${corp}`, (page) => page.getByRole('link', { name: 'to a group' }).click())],
  ['those who have not read it', (page) => page.getByText('Unread 2', { exact: true }).click()],
  ['custom robots', at(`/custom-robots${corp}`)],
  ['a custom robot', (page) => press(page, 'Manage Axe webhook')],
  [
    'new credentials of a custom robot',
    async (page) => {
      await press(page, 'Replace token');
      await dialog(page).last().getByRole('button', { name: 'Replace token' }).click();
      await page.getByText('They are shown once').waitFor();
    },
  ],
  ['a new custom robot', at(`/custom-robots${corp}`, (page) => press(page, 'Create custom robot'))],
  ['files', at(`/files${corp}`)],
  ['endpoints', at(`/endpoints${corp}`)],
  ['a new endpoint', (page) => press(page, 'Add endpoint').then(() => dialog(page).waitFor())],
  ['an endpoint with a delivery', at(`/endpoints/${endpointId}${corp}`)],
];

const emulator: readonly State[] = [
  ['the programs that connect', at(`/connect${corp}`, (page) => page.locator('pre.text').waitFor())],
  ['a request', at('/requests', (page) => page.locator('.cell-button').first().click())],
  ['requests that failed', at('/requests', (page) => page.getByRole('checkbox', { name: 'Errors only' }).click())],
];

const without = [
  ...['', '/messages', '/unread', '/notices', '/users', '/robots', '/custom-robots', '/departments', '/groups'],
  ...['/files', '/endpoints', '/cards', '/compose', '/connect'],
];
const nothing: readonly State[] = without.map((path) => [`${path || '/'} with nothing in it`, at(`${path}${empty}`)]);

/** Makes the server fail every call of a page. */
const failing: readonly State[] = [
  '',
  '/messages',
  `/notices/${task}`,
  '/cards',
  `/cards/${cardId}`,
  '/users',
  '/departments/10',
  '/custom-robots',
  '/files',
  '/endpoints',
  `/endpoints/${endpointId}`,
  '/apps',
  '/apps/app-one',
  '/robots',
  '/operators',
  '/audit',
  '/connect',
  '/emulator',
  '/requests',
].map((path) => [
  `${path || '/'} without an answer`,
  async (page) => {
    const asked = /\/(?:console\/v1\/(?!sessions|organizations\?)|emulator\/v1\/(?!clock$)).*/;
    await page.route(asked, (route) => route.abort());
    await page.goto(`${server.url}/console${path}${corp}`);
    await page.getByRole('alert').first().waitFor();
    await page.unroute(asked);
  },
]);

/** Each theme and each width once; in a long run all combinations. */
const looks: readonly Look[] = [
  { colorScheme: 'light', width: 1200 },
  { colorScheme: 'dark', width: 390 },
  ...(isLong
    ? ([
        { colorScheme: 'light', width: 390 },
        { colorScheme: 'dark', width: 1200 },
      ] as const)
    : []),
];
const groups = {
  messages,
  'set up': setUp,
  people,
  places,
  emulator,
  nothing: sample(nothing, 3),
  failing: sample(failing, 3),
};
/** Every group of states in one of the looks; in a long run in each. */
const all = looks.flatMap((look, at) =>
  sample(Object.entries(groups), looks.length, at).map(([group, states]) => ({ ...look, look, group, states })),
);

test.for(all)(
  'axe finds no serious problem in pages, dialogs and drawers, and none is too wide: $group, $colorScheme, $width pixels',
  slow,
  async ({ look, states }, context) => {
    needsBrowser(context);
    const { page } = await operator('', look);
    const found: string[] = [];
    for (const [name, reach] of states) {
      await reach(page);
      await becomes(() => page.locator('.ant-skeleton, .ant-spin-spinning, [aria-busy=true]').count(), 0);
      found.push(...(await seriousFindings(page)).map((finding) => `${name}: ${finding}`));
      const excess = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      if (excess > 0) found.push(`${name}: the page is ${excess} pixels wider than the window`);
    }
    expect(found).toEqual([]);
  },
);

test.for(looks)(
  'axe finds no serious problem in the sign-in, nor in the menu of a phone: $colorScheme, $width pixels',
  slow,
  async (look, context) => {
    needsBrowser(context);
    const found: string[] = [];
    const outside = await (
      await visitor({ colorScheme: look.colorScheme ?? 'light', reducedMotion: 'reduce' })
    ).newPage();
    await outside.goto(`${server.url}/console`);
    await outside.locator('input[type=password]').waitFor();
    found.push(...(await seriousFindings(outside)));
    await outside.locator('input[type=password]').fill('wrong');
    await outside.keyboard.press('Enter');
    await outside.getByRole('alert').waitFor();
    found.push(...(await seriousFindings(outside)));
    const { page } = await operator('', { ...look, width: 390 });
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('link', { name: 'Audit log' }).waitFor();
    found.push(...(await seriousFindings(page)));
    expect(found).toEqual([]);
  },
);

test.for(isLong ? looks : looks.slice(1))(
  'axe finds no serious problem in the Chinese pages, the browser blocks nothing, and none is too wide: $colorScheme, $width pixels',
  slow,
  async (look, context) => {
    needsBrowser(context);
    const { page, complaints } = await operator('', { ...look, locale: 'zh-CN' });
    const answer = ok(await call('GET', '/console/v1/messages', { headers, query: { corpId: 'corp-one' } }));
    const [newest] = answer.messages as { readonly messageId: string }[];
    const paths = [
      '',
      '/messages',
      '/compose',
      '/connect',
      '/unread',
      '/notices',
      `/notices/${task}`,
      '/cards',
      `/cards/${cardId}`,
      '/dings',
      '/users',
      '/users/carol',
      '/departments/10',
      '/groups',
      groupPage,
      '/custom-robots',
      '/files',
      '/endpoints',
      `/endpoints/${endpointId}`,
      '/apps',
      '/apps/app-one',
      '/robots',
      '/organizations',
      '/operators',
      '/audit',
      '/emulator',
      '/requests',
    ];
    const found: string[] = [];
    const addresses = [
      ...paths.map((one) => `${one}${corp}`),
      `/users${corp}&show=removed`,
      `/messages/${newest?.messageId}`,
    ];
    for (const path of sample(addresses, 2)) {
      await turnTo(page, path);
      await becomes(() => page.locator('.ant-skeleton, .ant-spin-spinning, [aria-busy=true]').count(), 0);
      expect(await page.locator('html').getAttribute('lang')).toMatch(/^zh/);
      found.push(...(await seriousFindings(page)).map((finding) => `${path}: ${finding}`));
      const excess = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      if (excess > 0) found.push(`${path}: the page is ${excess} pixels wider than the window`);
    }
    expect([found, complaints]).toEqual([[], []]);
  },
);
