import { permissionCodes } from '../../src/wire/permissions.ts';

const user = (userId: string) => ({ userId, name: `Name of ${userId}` });

/** A user of the first organization with a mobile number, in a department. */
const employee = (userId: string, index: number) => ({
  ...user(userId),
  mobile: mobiles[index] ?? '',
  departments: [[1], [100], [100, 101], [101]][index] ?? [],
});
const app = (appKey: string, corpId: string) => ({
  appKey,
  appSecret: secretOf(appKey),
  kind: 'internal',
  corpId,
  permissions: permissionCodes,
});
const robot = (robotCode: string, appKey: string, ...installedIn: readonly string[]) => ({
  robotCode,
  name: `Name of ${robotCode}`,
  appKey,
  installedIn,
});

/** Mobile numbers of the first users of the first organization. */
export const mobiles: readonly string[] = ['13800000001', '13800000002', '13800000003', '13800000004'];

/** Fixed ids of the group of the first organization. */
export const group = {
  openConversationId: 'cidV7mQ2xK9sT4bLw8ZpRcNfA==',
  chatId: 'chat57b9904f1a6e4d23b8c05f7e2a91d6c3',
};

/** The agentId of app-one. */
export const noticeAgentId = 3_000_000_001;

export function secretOf(appKey: string): string {
  return `secret-of-${appKey}`;
}

/** Calls that change or remove something by its code use these, so that the others stay usable during a run. */
export const spare = {
  corpId: ['corp-spare'],
  appKey: ['app-spare', 'suite-spare'],
  robotCode: ['robot-spare', 'robot-spare-2'],
  userId: ['spare-1', 'spare-2', 'spare-3', 'spare-4'],
} as const;

/** The organizations of a run, as the configuration file of the server under test. */
export const organizations = {
  organizations: [
    {
      corpId: 'corp-one',
      name: 'Organization one',
      departments: [
        { deptId: 100, name: 'Development' },
        { deptId: 101, name: 'Servers', parentId: 100 },
      ],
      users: [...['alice', 'bob', 'carol', 'dave'].map(employee), ...spare.userId.map(user)],
      groups: [
        {
          name: 'group-one',
          title: 'Group one',
          owner: 'alice',
          members: ['bob', 'carol'],
          robots: ['robot-one', 'robot-off'],
          ...group,
        },
      ],
    },
    { corpId: 'corp-two', name: 'Organization two', users: ['alice', 'mallory'].map(user) },
    { corpId: 'corp-spare', name: 'Spare organization', users: [user('alice')] },
  ],
  apps: [
    { ...app('app-one', 'corp-one'), agentId: noticeAgentId },
    app('app-two', 'corp-two'),
    { ...app('app-bare', 'corp-one'), permissions: [] },
    app('app-spare', 'corp-spare'),
    {
      appKey: 'suite',
      appSecret: secretOf('suite'),
      kind: 'thirdParty',
      authorizedBy: ['corp-one', 'corp-two'],
      permissions: permissionCodes,
    },
    {
      appKey: 'suite-spare',
      appSecret: secretOf('suite-spare'),
      kind: 'thirdParty',
      authorizedBy: ['corp-spare'],
      permissions: permissionCodes,
    },
  ],
  robots: [
    robot('robot-one', 'app-one', 'corp-one'),
    robot('robot-two', 'app-two', 'corp-two'),
    { ...robot('robot-off', 'app-one', 'corp-one'), disabled: true },
    robot('robot-away', 'app-one'),
    robot('robot-suite', 'suite', 'corp-one', 'corp-two'),
    robot('robot-spare', 'app-spare', 'corp-spare'),
    robot('robot-spare-2', 'app-spare', 'corp-spare'),
  ],
};

/** A valid msgParam of each kind of message. */
export const messages: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  sampleText: { content: 'Hello' },
  sampleMarkdown: { title: 'Title', text: '# Text' },
  sampleImageMsg: { photoURL: 'https://example.com/a.png' },
  sampleLink: { text: 'Text', title: 'Title', messageUrl: 'https://example.com' },
  sampleActionCard: { title: 'Title', text: 'Text', singleTitle: 'Open', singleURL: 'https://example.com' },
  sampleActionCard2: { title: 'Title', text: 'Text', ...buttons(2, 'actionTitle', 'actionURL') },
  sampleActionCard3: { title: 'Title', text: 'Text', ...buttons(3, 'actionTitle', 'actionURL') },
  sampleActionCard4: { title: 'Title', text: 'Text', ...buttons(4, 'actionTitle', 'actionURL') },
  sampleActionCard5: { title: 'Title', text: 'Text', ...buttons(5, 'actionTitle', 'actionURL') },
  sampleActionCard6: { title: 'Title', text: 'Text', ...buttons(2, 'buttonTitle', 'buttonUrl') },
  sampleAudio: { mediaId: '@media', duration: '3000' },
  sampleFile: { mediaId: '@media', fileName: 'a.pdf', fileType: 'pdf' },
  sampleVideo: { videoMediaId: '@media', duration: '10', videoType: 'mp4' },
  officialTextMsg: { content: 'Hello' },
  officialActionCardMsg1: { title: 'Title', text: 'Text', ...buttons(2, 'buttonTitle', 'buttonUrl') },
};

function buttons(count: number, title: string, url: string): Readonly<Record<string, string>> {
  const each = (_: unknown, i: number) => [
    [`${title}${i + 1}`, `Button ${i + 1}`],
    [`${url}${i + 1}`, `https://example.com/${i + 1}`],
  ];
  return Object.fromEntries(Array.from({ length: count }, each).flat());
}
