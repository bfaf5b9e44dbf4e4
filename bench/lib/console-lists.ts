import { formatPosition } from '../../src/core/console/message-list.ts';
import { type Plan, robotCode, sentAt, userCode } from '../seed.ts';
import { rareRobot } from './console-world.ts';

/** One list: a path for each request, drawn at random. */
export type List = { readonly name: string; readonly path: (random: () => number) => string };

type Fields = Readonly<Record<string, string | number>>;

const code = 'dingbench0001';

function query(call: string, fields: Fields): string {
  const text = new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, String(value)]));
  return `/console/v1/${call}?${text}`;
}

const fixed = (name: string, call: string, fields: Fields): List => ({ name, path: () => query(call, fields) });
const ofCorp = (name: string, call: string, fields: Fields): List => fixed(name, call, { corpId: code, ...fields });

/** Every list of the console, with the queries of its pages. */
export function consoleLists(plan: Plan): readonly List[] {
  return [...messageLists(plan), ...unreadLists(plan), ...directoryLists(plan)];
}

function messageLists(plan: Plan): readonly List[] {
  const deep = (random: () => number) => {
    const id = 1 + Math.floor(random() * plan.messages);
    return formatPosition({ along: 'all', corpId: 1 }, [sentAt(plan, id), id]);
  };
  const messages = (name: string, fields: Fields) => ofCorp(`messages, ${name}`, 'messages', fields);
  return [
    messages('newest', {}),
    messages('newest hundred', { limit: 100 }),
    { name: 'messages, any later page', path: (r) => query('messages', { corpId: code, cursor: deep(r) }) },
    {
      name: 'messages, any later page of a hundred',
      path: (r) => query('messages', { corpId: code, limit: 100, cursor: deep(r) }),
    },
    ...messageFilters(plan).flatMap((choices) => choices.map(([label, fields]) => messages(label, fields))),
  ];
}

type Choice = readonly [label: string, fields: Fields];

/** The values that an operator can choose for each filter. */
function messageFilters(plan: Plan): readonly (readonly Choice[])[] {
  const hour = 3_600_000;
  const middle = sentAt(plan, Math.floor(plan.messages / 2));
  return [
    [
      ['of the busiest robot', { robotCode }],
      ['of a rare robot', { robotCode: rareRobot }],
    ],
    [
      ['to somebody with thousands', { userId: userCode(1) }],
      ['to somebody with some', { userId: userCode(2) }],
    ],
    ['processing', 'success', 'recalled', 'unknown'].map((status): Choice => [`status ${status}`, { status }]),
    [
      ['read by all', { read: 'all' }],
      ['not read by all', { read: 'some-unread' }],
    ],
    [
      ['of an hour', { from: middle, to: middle + hour }],
      ['before a time', { to: plan.firstSentAt + hour }],
    ],
    [
      ['with a text that all have', { text: '值班' }],
      ['with a text that none has', { text: 'nowhere' }],
    ],
  ];
}

/** Every combination of filters, each of which may be absent. */
export function combinations(plan: Plan): readonly List[] {
  const all = messageFilters(plan).reduce<readonly Fields[]>(
    (made, choices) => made.concat(made.flatMap((fields) => choices.map(([, one]) => ({ ...fields, ...one })))),
    [{}],
  );
  return all.map((fields) => ofCorp(JSON.stringify(fields), 'messages', fields));
}

function unreadLists(plan: Plan): readonly List[] {
  const anyTime = (random: () => number) => sentAt(plan, 1 + Math.floor(random() * plan.messages));
  const unread = (name: string, fields: Fields) => ofCorp(`unread, ${name}`, 'unread', fields);
  const cursor = (random: () => number) => formatPosition({ along: 'all', corpId: 1 }, [anyTime(random), 0]);
  return [
    unread('newest', {}),
    unread('newest hundred', { limit: 100 }),
    unread('for two hours', { minAge: '2h' }),
    unread('of the busiest robot', { robotCode }),
    unread('of a rare robot', { robotCode: rareRobot }),
    { name: 'unread, any later page', path: (random) => query('unread', { corpId: code, cursor: cursor(random) }) },
  ];
}

function directoryLists({ users, firstSentAt, span }: Plan): readonly List[] {
  const day = 24 * 3_600_000;
  const to = firstSentAt + span;
  const found = (name: string, fields: Fields) => ofCorp(`users, ${name}`, 'users', { limit: 100, ...fields });
  const statistics = (name: string, fields: Fields) => ofCorp(`statistics, ${name}`, 'statistics', { to, ...fields });
  const later = (call: string, prefix: string) => (random: () => number) =>
    query(call, { limit: 100, cursor: `${prefix}${2 + Math.floor(random() * 900)}` });
  return [
    found('first hundred', {}),
    {
      name: 'users, any later page',
      path: (r) => query('users', { corpId: code, limit: 100, cursor: userCode(Math.floor(r() * users)) }),
    },
    found('a common name', { text: '伟' }),
    found('a userId', { text: userCode(users) }),
    found('a name that nobody has', { text: 'nobody' }),
    fixed('apps', 'apps', { limit: 100 }),
    { name: 'apps, any later page', path: later('apps', 'dingotherapp') },
    fixed('robots', 'robots', { limit: 100 }),
    { name: 'robots, any later page', path: later('robots', 'dingotherrobot') },
    ofCorp('robots, of an organization', 'robots', { limit: 100 }),
    fixed('organizations', 'organizations', { limit: 100 }),
    { name: 'organizations, any later page', path: later('organizations', 'dingother') },
    fixed('audit', 'audit', { limit: 100 }),
    {
      name: 'audit, any later page',
      path: (random) => query('audit', { limit: 100, cursor: 1 + Math.floor(random() * 100_000) }),
    },
    statistics('a day by hours', { from: to - day, bucket: 'hour' }),
    statistics('a week by days', { from: to - 7 * day, bucket: 'day', dayStart: 16 }),
    statistics('a month by days', { from: to - 30 * day, bucket: 'day', dayStart: 16 }),
    statistics('ninety days by days', { from: to - 90 * day, bucket: 'day', dayStart: 16 }),
    statistics('a month by hours', { from: to - 30 * day, bucket: 'hour' }),
    statistics('a month of one robot', { from: to - 30 * day, bucket: 'day', robotCode }),
  ];
}
