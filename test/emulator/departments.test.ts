import { expect, test } from 'vitest';
import { demoSetup, type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts';

/** The answer of a call of the old host. */
type Answer = { readonly errcode: number; readonly result: Readonly<Record<string, unknown>> };

async function lookUp(huizhi: Emulator, path: string, given: Record<string, string | number>): Promise<Answer> {
  const { appKey, appSecret } = huizhi.credentials;
  const query = new URLSearchParams({ appkey: appKey, appsecret: appSecret });
  const { access_token } = (await (await huizhi.fetch(`/gettoken?${query}`)).json()) as { access_token: string };
  const body = new URLSearchParams({ access_token, ...given } as Record<string, string>);
  return (await (await huizhi.fetch(path, { method: 'POST', body })).json()) as Answer;
}

const start = (options: EmulatorOptions = {}) => startEmulator({ socket: false, ...options });

test('the demo data have departments, and a mobile and a unionId for each user', async () => {
  await using huizhi = await start();
  expect(await huizhi.departments()).toEqual([
    { deptId: 100, name: '研发中心', parentId: 1, order: 1 },
    { deptId: 200, name: '市场部', parentId: 1, order: 4 },
    { deptId: 300, name: '人力行政部', parentId: 1, order: 5 },
    { deptId: 101, name: '后端组', parentId: 100, order: 2 },
    { deptId: 102, name: '前端组', parentId: 100, order: 3 },
  ]);
  const { result } = await lookUp(huizhi, '/topapi/v2/user/getbymobile', { mobile: '13800000003' });
  expect(result).toEqual({ userid: 'user003' });
  const { result: user } = await lookUp(huizhi, '/topapi/v2/user/get', { userid: 'user003' });
  expect(user).toMatchObject({ unionid: expect.stringMatching(/^[0-9a-v]{26}$/), leader_in_dept: [{ leader: true }] });
});

test('a test creates and changes departments and users', async () => {
  await using huizhi = await start();
  const departments = await huizhi.departments([
    { deptId: 400, name: '财务部' },
    { deptId: 401, name: '会计组', parentId: 400 },
  ]);
  expect(departments.at(-1)).toEqual({ deptId: 401, name: '会计组', parentId: 400, order: 2 });
  const [made] = await huizhi.users([
    { userId: 'new', name: '新人', mobile: '13811111111', departments: [401, 100], manages: [401] },
  ]);
  expect(made).toMatchObject({
    mobile: '13811111111',
    departments: [
      { deptId: 100, manager: false },
      { deptId: 401, manager: true },
    ],
  });
  const [renamed] = await huizhi.users([{ userId: 'new', name: '改名', title: '会计' }]);
  expect(renamed).toEqual({ ...made, name: '改名', title: '会计' });
  expect((await lookUp(huizhi, '/topapi/v2/department/get', { dept_id: 400 })).result).toMatchObject({
    member_count: 1,
    owning_member_count: 0,
  });
  const [other] = await huizhi.users([{ userId: 'new', name: 'Other' }], 'dingcorp0002');
  expect(other?.unionId).not.toBe(made?.unionId);
});

test('departments and users that do not fit are refused, and nothing of them is stored', async () => {
  await using huizhi = await start();
  const bad = { code: 'huizhi.badRequest' };
  await expect(huizhi.departments([{ deptId: 400, name: 'A', parentId: 999 }])).rejects.toMatchObject(bad);
  await expect(huizhi.departments([{ deptId: 100, name: 'A', parentId: 101 }])).rejects.toMatchObject(bad);
  await expect(huizhi.users([{ userId: 'x', name: 'X', departments: [999] }])).rejects.toMatchObject(bad);
  await expect(huizhi.users([{ userId: 'x', name: 'X', mobile: '13800000003' }])).rejects.toMatchObject({
    ...bad,
    message: 'Bad request: user x cannot have the mobile of user user003',
  });
  await expect(huizhi.users([{ userId: 'x', name: 'X' }], 'nowhere')).rejects.toMatchObject({
    code: 'huizhi.notFound',
  });
  await expect(huizhi.departments([], 'nowhere')).rejects.toMatchObject({ code: 'huizhi.notFound' });
  expect((await lookUp(huizhi, '/topapi/v2/user/get', { userid: 'x' })).errcode).toBe(33012);
});

test('a seeded emulator gives the same unionIds in every run, and after a reset', async () => {
  const unionIdsOf = async (huizhi: Emulator) => {
    const all = await Promise.all(
      ['user001', 'user029'].map(
        async (userid) => (await lookUp(huizhi, '/topapi/v2/user/get', { userid })).result.unionid,
      ),
    );
    const [made] = await huizhi.users([{ userId: 'made', name: 'M' }]);
    return [...all, made?.unionId];
  };
  await using one = await start({ seed: 7 });
  const first = await unionIdsOf(one);
  await one.reset();
  expect(await unionIdsOf(one)).toEqual(first);
  await using two = await start({ seed: 7 });
  expect(await unionIdsOf(two)).toEqual(first);
  await using three = await start({ seed: 8 });
  expect(await unionIdsOf(three)).not.toEqual(first);
});

test('a snapshot has departments, contact data and scopes; a reset removes what the setup does not have', async () => {
  const [app, ...apps] = demoSetup.apps;
  if (!app) throw new Error('the demo has no app');
  const setup = { ...demoSetup, apps: [{ ...app, contactScope: [100, 200] }, ...apps] };
  await using huizhi = await start({ setup });
  await huizhi.departments([{ deptId: 400, name: '财务部', parentId: 200 }]);
  const [before] = await huizhi.users([{ userId: 'new', name: '新人', mobile: '13811111111', departments: [400] }]);
  const snapshot = JSON.parse(JSON.stringify(await huizhi.snapshot()));
  await using other = await start();
  await other.restore(snapshot);
  expect(await other.departments()).toEqual(await huizhi.departments());
  expect(await other.users([{ userId: 'new', name: '新人' }])).toEqual([before]);
  expect((await lookUp(other, '/topapi/v2/user/get', { userid: 'user024' })).errcode).toBe(50002);
  await huizhi.reset();
  expect((await huizhi.departments()).map(({ deptId }) => deptId)).not.toContain(400);
  expect((await lookUp(huizhi, '/topapi/v2/user/get', { userid: 'new' })).errcode).toBe(33012);
});

test.each<[string, (tables: Record<string, unknown[][]>) => void, RegExp]>([
  [
    'a department below nothing',
    (tables) => tables.departments?.push([1, 9, 8, 'D', 1]),
    /departments\[5\]: parent_id/,
  ],
  [
    'departments below each other',
    (tables) => tables.departments?.push([1, 8, 9, 'D', 1], [1, 9, 8, 'D', 1]),
    /departments\[5\]: parent_id/,
  ],
  ['a stored root', (tables) => tables.departments?.push([1, 1, 1, 'D', 1]), /departments\[5\]: parent_id/],
  [
    'a membership in no department',
    (tables) => tables.department_members?.push([1, 9, 1, 0, 0]),
    /department_members\[\d+\]: department_id/,
  ],
  ['a scope of no department', (tables) => tables.app_scopes?.push([1, 1, 9]), /app_scopes\[0\]: department_id/],
  ['a user without memberships who is marked', (tables) => tables.department_members?.splice(0), /users\[0\]: placed/],
  ['a user without unionId', (tables) => void (tables.users?.[0] ?? []).splice(5, 1, null), /users\[0\]: union_id/],
])('a snapshot with %s is refused', async (_, spoil, message) => {
  await using huizhi = await start();
  const snapshot = JSON.parse(JSON.stringify(await huizhi.snapshot()));
  spoil(snapshot.store.tables);
  await expect(huizhi.restore(snapshot)).rejects.toMatchObject({
    code: 'huizhi.badRequest',
    message: expect.stringMatching(message),
  });
});
