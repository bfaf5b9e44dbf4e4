import { expect, test } from 'vitest';
import { demoSetup } from './demo.ts';
import { parseSetupFile } from './file.ts';
import { checkSetup } from './file-checks.ts';

const render = (groups: string) => `organizations:
  - { corpId: c, name: C, users: [{ userId: ann, name: A }, { userId: bob, name: B }], groups: [${groups}] }
  - { corpId: d, name: D, users: [{ userId: eve, name: E }] }
apps: [{ appKey: a, appSecret: s, kind: internal, corpId: c }, { appKey: e, appSecret: t, kind: internal, corpId: d }]
robots: [{ robotCode: r, name: R, appKey: a, installedIn: [c] }, { robotCode: q, name: Q, appKey: e, installedIn: [d] }]
`;

/** The problems of a file whose first organization has these groups. */
function problemsOf(groups: string): readonly string[] {
  try {
    parseSetupFile(render(groups), 'f');
    return [];
  } catch (error) {
    return String(error instanceof Error ? error.message : error).split('\n');
  }
}

const openConversationId = 'cidV7mQ2xK9sT4bLw8ZpRcNfA==';
const chatId = 'chat57b9904f1a6e4d23b8c05f7e2a91d6c3';

test('groups in a file are read as written', () => {
  const groups = `{ name: g, title: 群, owner: ann, members: [bob], robots: [r], openConversationId: ${openConversationId}, chatId: ${chatId} }, { name: h, title: 全员, owner: bob, members: all }`;
  expect(parseSetupFile(render(groups), 'f').setup?.organizations[0]?.groups).toEqual([
    { name: 'g', title: '群', owner: 'ann', members: ['bob'], robots: ['r'], openConversationId, chatId },
    { name: 'h', title: '全员', owner: 'bob', members: 'all' },
  ]);
});

test.each([
  ['{ title: G, owner: ann }', 'organizations[0].groups[0].name: is missing.'],
  ['{ name: g, owner: ann }', 'groups[0].title: is missing.'],
  ['{ name: g, title: G }', 'groups[0].owner: is missing.'],
  ['{ name: g, title: " ", owner: ann }', 'groups[0].title: must be 1 to 200 characters'],
  ['{ name: g, title: G, owner: eve }', 'groups[0].owner: the organization has no user eve in this file.'],
  ['{ name: g, title: G, owner: ann, members: [bob, bo] }', 'groups[0].members[1]: the organization has no user bo'],
  ['{ name: g, title: G, owner: ann, members: some }', 'groups[0].members'],
  ['{ name: g, title: G, owner: ann, robots: [q] }', 'groups[0].robots[0]: the organization has no robot q'],
  ['{ name: g, title: G, owner: ann, openConversationId: cid1 }', 'openConversationId: must be cid and the standard'],
  ['{ name: g, title: G, owner: ann, chatId: chatX }', 'chatId: must be chat and 32 hexadecimal digits'],
  ['{ name: g, title: G, owner: ann, member: [] }', 'groups[0].member: unknown key. Did you mean members?'],
  ['{ name: g, title: G, owner: ann }, { name: g, title: H, owner: bob }', 'groups[1].name: g is listed twice.'],
  [
    `{ name: g, title: G, owner: ann, chatId: ${chatId} }, { name: h, title: H, owner: bob, chatId: ${chatId} }`,
    `groups[1].chatId: ${chatId} is listed twice.`,
  ],
])('a wrong group is refused with its place: %s', (groups, problem) => {
  expect(problemsOf(groups)).toEqual([expect.stringContaining(problem)]);
});

test('the demo data has one group of eight users with both robots of the first app', () => {
  expect(checkSetup(demoSetup)).toEqual([]);
  const groups = demoSetup.organizations.flatMap((organization) => organization.groups ?? []);
  expect(groups).toHaveLength(1);
  const [group] = groups;
  expect(new Set([group?.owner, ...(group?.members ?? [])]).size).toBe(8);
  expect(group?.robots).toEqual(['dingzxcifuvdfbvegdf', 'dingappinternal']);
});
