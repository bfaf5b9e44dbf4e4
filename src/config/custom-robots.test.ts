import { expect, test } from 'vitest';
import { demoSetup, demoTokens } from './demo.ts';
import { parseSetupFile } from './file.ts';
import { describeWeakness } from './weak-secrets.ts';

const token = 'ab'.repeat(32);
const other = 'cd'.repeat(32);

const render = (first: string, second = '') => `organizations:
  - { corpId: c, name: C, users: [{ userId: ann, name: A }], groups: [
      { name: g, title: G, owner: ann, customRobots: [${first}] },
      { name: h, title: H, owner: ann, customRobots: [${second}] }] }
apps: [{ appKey: a, appSecret: s, kind: internal, corpId: c }]
robots: [{ robotCode: r, name: R, appKey: a, installedIn: [c] }]
`;

/** The problems of a file whose groups have these custom robots. */
function problemsOf(first: string, second?: string): readonly string[] {
  try {
    parseSetupFile(render(first, second), 'f');
    return [];
  } catch (error) {
    return String(error instanceof Error ? error.message : error).split('\n');
  }
}

test('custom robots in a file are read as written', () => {
  const given = `{ robotCode: w, name: W, token: ${token}, secret: SEC12345678, keywords: [报警], addresses: [10.0.0.0/8, "::1"], disabled: true }`;
  expect(parseSetupFile(render(given), 'f').setup?.organizations[0]?.groups?.[0]?.customRobots).toEqual([
    {
      ...{ robotCode: 'w', name: 'W', token, secret: 'SEC12345678', keywords: ['报警'] },
      ...{ addresses: ['10.0.0.0/8', '::1'], disabled: true },
    },
  ]);
});

test.each([
  [`{ name: W, token: ${token} }`, 'customRobots[0].robotCode: is missing.'],
  ['{ robotCode: w, name: W }', 'customRobots[0].token: is missing.'],
  ['{ robotCode: w, name: W, token: abc }', 'customRobots[0].token: must be 64 hexadecimal digits'],
  [`{ robotCode: w, name: W, token: ${token}, secret: 12345678 }`, 'customRobots[0].secret'],
  [`{ robotCode: w, name: W, token: ${token}, secret: SEC1 }`, 'customRobots[0].secret: must be SEC and 8'],
  [`{ robotCode: w, name: W, token: ${token}, addresses: [example.com] }`, 'addresses[0]: must be an IP address'],
  [`{ robotCode: w, name: W, token: ${token}, keywords: [" "] }`, 'keywords[0]: must be 1 to 100 characters'],
  [`{ robotCode: w, name: W, token: ${token}, keyword: [x] }`, 'unknown key. Did you mean keywords?'],
  [`{ robotCode: r, name: W, token: ${token} }`, 'customRobots[0].robotCode: r is listed twice.'],
])('a wrong custom robot is refused with its place: %s', (given, problem) => {
  expect(problemsOf(given)).toEqual([expect.stringContaining(problem)]);
});

test('a robotCode or token of two groups is refused, without the token in the text', () => {
  const first = `{ robotCode: w, name: W, token: ${token} }`;
  expect(problemsOf(first, `{ robotCode: w, name: W, token: ${other} }`)).toEqual([
    expect.stringContaining('groups[1].customRobots[0].robotCode: w is listed twice.'),
  ]);
  const same = problemsOf(first, `{ robotCode: v, name: V, token: ${token} }`);
  expect(same).toEqual([expect.stringContaining('groups[1].customRobots[0].token: the token is listed twice.')]);
  expect(String(same)).not.toContain(token);
});

test('the demo data has one custom robot whose messages need a signature', () => {
  const robots = demoSetup.organizations
    .flatMap(({ groups = [] }) => groups)
    .flatMap(({ customRobots = [] }) => customRobots);
  expect(robots).toMatchObject([{ robotCode: 'customdemorobot', secret: expect.stringMatching(/^SEC/) }]);
  expect(demoTokens).toEqual(robots.map((robot) => robot.token));
});

test('the token of the example file is a placeholder', () => {
  expect(describeWeakness('0123456789abcdef'.repeat(4))).toContain('is a placeholder');
});
