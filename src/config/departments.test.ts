import { describe, expect, test } from 'vitest';
import { demoSetup } from './demo.ts';
import { parseSetupFile } from './file.ts';
import { checkSetup } from './file-checks.ts';

/** The problems of an organization with these members. */
function problemsOf(members: string): readonly string[] {
  try {
    parseSetupFile(`organizations: [{ corpId: c, name: C, ${members} }]`, 'f');
    return [];
  } catch (error) {
    return String(error instanceof Error ? error.message : error).split('\n');
  }
}

describe('departments and contacts in a file', () => {
  test('are read as written, a mobile of mainland China without its country code', () => {
    const { setup } = parseSetupFile(
      `organizations:
  - corpId: c
    name: C
    departments: [{ deptId: 10, name: 研发 }, { deptId: 11, name: 后端, parentId: 10, order: 3 }]
    users: [{ userId: u, name: U, mobile: +86-13800000001, email: u@example.com, jobNumber: "7", title: 经理, departments: [1, 11], manages: [11] }]
apps: [{ appKey: a, appSecret: s, kind: internal, corpId: c, contactScope: [10] }]`,
      'f',
    );
    expect(setup?.organizations[0]).toEqual({
      corpId: 'c',
      name: 'C',
      departments: [
        { deptId: 10, name: '研发' },
        { deptId: 11, name: '后端', parentId: 10, order: 3 },
      ],
      users: [
        {
          userId: 'u',
          name: 'U',
          mobile: '13800000001',
          email: 'u@example.com',
          jobNumber: '7',
          title: '经理',
          departments: [1, 11],
          manages: [11],
        },
      ],
    });
    expect(setup?.apps[0]?.contactScope).toEqual([10]);
  });

  test.each([
    ['departments: [{ deptId: 1, name: D }]', 'organizations[0].departments[0].deptId: must be 2 or more'],
    ['departments: [{ deptId: 2, name: D }, { deptId: 2, name: E }]', 'departments[1].deptId: 2 is listed twice.'],
    ['departments: [{ deptId: 2, name: D, parentId: 3 }]', 'departments[0].parentId: there is no department 3.'],
    [
      'departments: [{ deptId: 2, name: D, parentId: 3 }, { deptId: 3, name: E, parentId: 2 }]',
      'departments[0].parentId: a department cannot be below itself.',
    ],
    ['users: [{ userId: u, name: U, manages: [1] }]', 'manages[0]: 1 is none of the departments of this user.'],
    ['users: [{ userId: u, name: U, departments: [9] }]', 'departments[0]: the organization has no department 9'],
    ['users: [{ userId: u, name: U, mobile: 138x }]', 'users[0].mobile: must be digits'],
    [
      'users: [{ userId: u, name: U, mobile: "1381" }, { userId: v, name: V, mobile: +86-1381 }]',
      'users[1].mobile: 1381 is listed twice.',
    ],
    ['users: [{ userId: u, name: U, email: x }]', 'users[0].email: must be an email address'],
    ['users: [{ userId: u, name: U, phone: x }]', 'users[0].phone: unknown key.'],
  ])('are refused with their place: %s', (members, problem) => {
    expect(problemsOf(members)).toEqual([expect.stringContaining(problem)]);
  });

  test('a tree may not be too deep', () => {
    const chain = Array.from({ length: 21 }, (_, i) => `{ deptId: ${i + 2}, name: D, parentId: ${i + 1} }`);
    expect(problemsOf(`departments: [${chain.slice(0, 20)}]`)).toEqual([]);
    expect(problemsOf(`departments: [${chain}]`)).toEqual([expect.stringContaining('at most 20 levels deep')]);
  });
});

test('in the demo data every user has a mobile and, in the first organization, a department', () => {
  expect(checkSetup(demoSetup)).toEqual([]);
  for (const { users } of demoSetup.organizations) for (const { mobile } of users) expect(mobile).toMatch(/^1\d{10}$/);
  const [first] = demoSetup.organizations;
  expect(first?.users.filter(({ departments = [] }) => departments.length === 0)).toEqual([]);
  expect(first?.departments?.length).toBeGreaterThan(3);
});
