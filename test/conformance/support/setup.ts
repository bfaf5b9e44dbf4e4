import type { Setup } from '../../../src/config/setup.ts';

/** The permissions of every app, except app-bare, which has none. */
export const permissions = ['qyapi_robot_sendmsg', 'Premium.Ding.Write', 'Robot.SingleChat.ReadWrite'];

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

const app = (appKey: AppKey, corpId: string) =>
  ({ appKey, appSecret: appSecrets[appKey], kind: 'internal', corpId, permissions }) as const;
const suite = (appKey: AppKey, authorizedBy: readonly string[]) =>
  ({ appKey, appSecret: appSecrets[appKey], kind: 'thirdParty', authorizedBy, permissions }) as const;
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
