import type { Setup } from '../../../src/config/setup.ts';

/** The permissions of every app, except app-bare, which has none. */
export const permissions = [
  ...['qyapi_robot_sendmsg', 'Premium.Ding.Write', 'Robot.SingleChat.ReadWrite'],
  ...['Card.Instance.Write', 'Card.Streaming.Write'],
];

/** Codes of 25 more users of organization one. */
export const crowd = Array.from({ length: 25 }, (_, i) => `u${String(i + 1).padStart(2, '0')}`);

/** Every app secret of this suite; none of them may be in a log. */
export const appSecrets = {
  'app-one': 'secret-of-app-one',
  'app-next': 'secret-of-app-next',
  'app-bare': 'secret-of-app-bare',
  'app-two': 'secret-of-app-two',
  suite: 'secret-of-suite',
  'suite-two': 'secret-of-suite-two',
} as const;

export type AppKey = keyof typeof appSecrets;

const placeholder = (name: string) => `\${${name}}`;
const greeting = `Hello ${placeholder('name')}, ${placeholder('count')} new of ${placeholder('none')}`;
const noticeTemplates = [
  {
    templateId: 'greeting',
    message: { msgtype: 'text', text: { content: greeting } },
  },
  { templateId: 'old', message: { msgtype: 'text', text: { content: 'Old' } }, stopped: true },
];

/** The agentId of each app. */
export const agentIds: { readonly [app in AppKey]: number } = {
  'app-one': 3_000_000_001,
  'app-next': 3_000_000_002,
  'app-bare': 3_000_000_003,
  'app-two': 3_000_000_004,
  suite: 3_000_000_005,
  'suite-two': 3_000_000_006,
};

const cardTemplates = [
  { templateId: 'gone.schema', state: 'removed' },
  { templateId: 'draft.schema', state: 'unpublished' },
] as const;

const plain = (appKey: AppKey) => ({ appKey, appSecret: appSecrets[appKey], agentId: agentIds[appKey], permissions });
const app = (appKey: AppKey, corpId: string) =>
  ({ ...plain(appKey), kind: 'internal', corpId, cardTemplates }) as const;
const suite = (appKey: AppKey, authorizedBy: readonly string[]) =>
  ({ ...plain(appKey), kind: 'thirdParty', authorizedBy, noticeTemplates }) as const;
const robot = (robotCode: string, appKey: AppKey, ...installedIn: readonly string[]) => ({
  robotCode,
  name: `Name of ${robotCode}`,
  appKey,
  installedIn,
});

/**
 * Two organizations that both have an alice, apps of both kinds and one without the permission, and robots in every
 * state: active, disabled, installed nowhere, of another app.
 */
export const setup: Setup = {
  organizations: [
    {
      corpId: 'corp-one',
      name: 'Organization one',
      users: ['alice', 'bob', 'carol', ...crowd].map((userId) => ({ userId, name: `Name of ${userId}` })),
    },
    {
      corpId: 'corp-two',
      name: 'Organization two',
      users: ['alice', 'mallory'].map((userId) => ({ userId, name: `Other ${userId}` })),
    },
  ],
  apps: [
    app('app-one', 'corp-one'),
    app('app-next', 'corp-one'),
    { ...app('app-bare', 'corp-one'), permissions: [] },
    app('app-two', 'corp-two'),
    suite('suite', ['corp-one', 'corp-two']),
    suite('suite-two', ['corp-two']),
  ],
  robots: [
    robot('robot-one', 'app-one', 'corp-one'),
    robot('robot-more', 'app-one', 'corp-one'),
    { ...robot('robot-off', 'app-one', 'corp-one'), disabled: true },
    robot('robot-away', 'app-one'),
    robot('robot-next', 'app-next', 'corp-one'),
    robot('robot-bare', 'app-bare', 'corp-one'),
    robot('robot-two', 'app-two', 'corp-two'),
    robot('robot-suite', 'suite', 'corp-one', 'corp-two'),
  ],
};

const few: readonly (string | undefined)[] = ['app-one', 'app-two'];

/** The same with two apps: `serve` hashes the secret of each at its first start, which takes it a tenth of a second. */
export const smallSetup: Setup = {
  ...setup,
  apps: setup.apps?.filter(({ appKey }) => few.includes(appKey)),
  robots: setup.robots?.filter(({ appKey }) => few.includes(appKey)),
};
