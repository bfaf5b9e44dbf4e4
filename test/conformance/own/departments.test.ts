import { describe, expect, test } from 'vitest';
import { type Fields, testServer } from '../support/harness.ts';
import { peopleSetup, peopleWorld } from '../support/people.ts';
import { ok, refusal } from '../support/world.ts';

const corpId = 'corp-one';

async function createScene() {
  const server = await testServer({ setup: peopleSetup });
  const world = peopleWorld(server);
  const ask = (method: string, path: string, body?: unknown) => world.console(method, path, body);
  const done = async (method: string, path: string, body?: unknown): Promise<Fields> =>
    ok(await ask(method, path, body));
  const audited = async () => {
    const { entries } = (await done('GET', 'audit?limit=1')) as { entries: Fields[] };
    return entries[0];
  };
  const resultOf = async (path: string, given: Fields) => (await world.old(path, given)).body.result as Fields;
  return { ...world, server, ask, done, audited, resultOf };
}

const idsOf = (answer: Fields) => (answer.departments as { deptId: number }[]).map(({ deptId }) => deptId);

describe('departments in the console', () => {
  test('are listed level by level, page by page, and by text', async () => {
    const { done, ask } = await createScene();
    const first = await done('GET', `departments?corpId=${corpId}&limit=3`);
    expect([idsOf(first), first.total]).toEqual([[20, 10, 30], { count: 4, isExact: true }]);
    expect(idsOf(await done('GET', `departments?corpId=${corpId}&limit=3&cursor=${first.cursor}`))).toEqual([40]);
    expect((first.departments as Fields[])[1]).toEqual({
      deptId: 10,
      name: '研发中心',
      parentId: 1,
      order: 5,
      hasChildren: true,
    });
    expect(idsOf(await done('GET', `departments?corpId=${corpId}&parentId=10`))).toEqual([12, 11]);
    expect(idsOf(await done('GET', `departments?corpId=${corpId}&text=${encodeURIComponent('组')}`))).toEqual([12, 11]);
    expect(refusal(await ask('GET', `departments?corpId=${corpId}&parentId=99`))).toEqual([404, 'huizhi.notFound']);
    expect(refusal(await ask('GET', 'departments?corpId=nowhere'))).toEqual([404, 'huizhi.notFound']);
  });

  test('have a path, managers, counts and users', async () => {
    const { done, ask } = await createScene();
    expect(await done('GET', `departments/11?corpId=${corpId}`)).toEqual({
      deptId: 11,
      name: '后端组',
      parentId: 10,
      order: 2,
      hasChildren: false,
      path: [
        { deptId: 1, name: '第一公司' },
        { deptId: 10, name: '研发中心' },
        { deptId: 11, name: '后端组' },
      ],
      managers: ['bob'],
      memberCount: 2,
      totalCount: 2,
    });
    expect(await done('GET', `departments/1?corpId=${corpId}`)).toMatchObject({
      parentId: null,
      name: '第一公司',
      totalCount: 110,
    });
    const page = await done('GET', `departments/40/users?corpId=${corpId}&limit=100`);
    const rest = await done('GET', `departments/40/users?corpId=${corpId}&limit=100&cursor=${page.cursor}`);
    expect([(page.users as unknown[]).length, (rest.users as unknown[]).length, rest.cursor]).toEqual([100, 5, null]);
    for (const id of ['99', 'x', '0', '1.5'])
      expect(refusal(await ask('GET', `departments/${id}?corpId=${corpId}`))).toEqual([404, 'huizhi.notFound']);
  });

  test('are created with a random or a given id, and apps see them at once', async () => {
    const { done, ask, audited, resultOf } = await createScene();
    const created = await done('POST', 'departments', { corpId, name: '新部门', parentId: 10 });
    expect(created).toMatchObject({ name: '新部门', parentId: 10, order: 3, memberCount: 0 });
    expect(String(created.deptId)).toMatch(/^\d{9}$/);
    expect(await audited()).toMatchObject({
      action: 'department.create',
      target: String(created.deptId),
      corpId,
      before: null,
      after: { name: '新部门', parentId: 10, order: 3 },
    });
    expect(await resultOf('/topapi/v2/department/listsubid', { dept_id: 10 })).toEqual({
      dept_id_list: [12, 11, created.deptId],
    });
    expect(await done('POST', 'departments', { corpId, deptId: 77, name: 'X', order: 0 })).toMatchObject({
      deptId: 77,
    });
    expect(refusal(await ask('POST', 'departments', { corpId, deptId: 77, name: 'Y' }))).toEqual([
      409,
      'huizhi.conflict',
    ]);
    // The same number is free in another organization.
    expect(await done('POST', 'departments', { corpId: 'corp-two', deptId: 77, name: 'Z' })).toMatchObject({
      deptId: 77,
    });
  });

  test.each([
    [{ name: '' }, 'name'],
    [{ name: 'a\nb' }, 'name'],
    [{ name: 'x'.repeat(65) }, 'name'],
    [{ name: 7 }, 'name'],
    [{ name: 'A', deptId: 1 }, 'deptId'],
    [{ name: 'A', deptId: '7' }, 'deptId'],
    [{ name: 'A', parentId: 99 }, 'parentId'],
    [{ name: 'A', order: -1 }, 'order'],
    [{ name: 'A', manager: [] }, 'manager'],
  ])('are not created from %j', async (body, member) => {
    const { ask } = await createScene();
    const reply = await ask('POST', 'departments', { corpId, ...body });
    expect([...refusal(reply), String(reply.body.message)]).toEqual([
      400,
      'huizhi.badRequest',
      expect.stringContaining(member),
    ]);
  });

  test('are renamed, moved and ordered, but never below themselves', async () => {
    const { done, ask, audited, resultOf } = await createScene();
    const change = (id: number, body: object) => ask('PUT', `departments/${id}?corpId=${corpId}`, body);
    expect(ok(await change(11, { name: '平台组', parentId: 20 }))).toMatchObject({ parentId: 20, order: 1 });
    expect(await audited()).toMatchObject({
      action: 'department.change',
      before: { name: '后端组', parentId: 10, order: 2 },
      after: { name: '平台组', parentId: 20, order: 1 },
    });
    expect(await resultOf('/topapi/v2/department/listparentbyuser', { userid: 'cho' })).toEqual({
      parent_list: [{ parent_dept_id_list: [11, 20, 1] }],
    });
    ok(await change(20, { parentId: 10 }));
    for (const [id, parentId] of [
      [10, 11],
      [10, 10],
      [10, 99],
    ] as const)
      expect(refusal(await change(id, { parentId }))).toEqual([400, 'huizhi.badRequest']);
    ok(await change(30, { order: 0 }));
    expect(idsOf(await done('GET', `departments?corpId=${corpId}`))).toEqual([30, 10, 40]);
    const before = await audited();
    ok(await change(30, { order: 0 }));
    expect(await audited()).toEqual(before);
    expect(refusal(await change(1, { name: 'Root' }))).toEqual([400, 'huizhi.badRequest']);
  });

  test('get managers among their members', async () => {
    const { ask, done, resultOf } = await createScene();
    const put = (id: number, managers: unknown) => ask('PUT', `departments/${id}?corpId=${corpId}`, { managers });
    expect(ok(await put(11, ['cho', 'bob', 'cho'])).managers).toEqual(['bob', 'cho']);
    expect(await resultOf('/topapi/v2/department/get', { dept_id: 11 })).toMatchObject({
      dept_manager_userid_list: ['bob', 'cho'],
    });
    expect(refusal(await put(11, ['ann']))).toEqual([400, 'huizhi.badRequest']);
    expect(refusal(await put(11, ['nobody']))).toEqual([400, 'huizhi.badRequest']);
    expect(ok(await put(11, [])).managers).toEqual([]);
    expect(ok(await put(1, ['dee'])).managers).toEqual(['dee']);
    expect(await done('GET', `users/dee?corpId=${corpId}`)).toMatchObject({
      departments: [
        { deptId: 1, manager: true },
        { deptId: 12, manager: false },
      ],
    });
  });

  test('are deleted only when they are empty and no app is limited to them', async () => {
    const { ask, done, audited, resultOf, old } = await createScene();
    const drop = (id: number) => ask('DELETE', `departments/${id}?corpId=${corpId}`);
    for (const id of [1, 10, 12, 20]) expect(refusal(await drop(id))).toEqual([409, 'huizhi.conflict']);
    expect(refusal(await drop(99))).toEqual([404, 'huizhi.notFound']);
    expect(ok(await drop(30))).toEqual({});
    expect(await audited()).toMatchObject({ action: 'department.delete', target: '30', after: null });
    expect((await old('/topapi/v2/department/get', { dept_id: 30 })).body.errcode).toBe(60003);
    ok(await ask('PUT', `users/bob?corpId=${corpId}`, { departments: [] }));
    const inScope = await drop(20);
    expect([inScope.status, inScope.body.message]).toEqual([409, expect.stringContaining('app-scoped')]);
    ok(await ask('PUT', 'apps/app-scoped/contactScopes/corp-one', { departments: [11] }));
    ok(await drop(20));
    expect(await resultOf('/topapi/user/listid', { dept_id: 1 })).toEqual({ userid_list: ['dee', 'boss', 'bob'] });
    // Removed users do not keep a department from being deleted, and are then in the root when they return.
    ok(await ask('DELETE', `users/dee?corpId=${corpId}`));
    ok(await drop(12));
    ok(await ask('POST', `users/dee/restore?corpId=${corpId}`, {}));
    expect(await done('GET', `users/dee?corpId=${corpId}`)).toMatchObject({ departments: [{ deptId: 1 }] });
  });

  test('limit what an app sees', async () => {
    const { ask, done, audited, old } = await createScene();
    expect(await done('GET', 'apps/app-scoped/contactScopes/corp-one')).toEqual({ departments: [11, 20] });
    const put = (appKey: string, org: string, departments: unknown) =>
      ask('PUT', `apps/${appKey}/contactScopes/${org}`, { departments });
    expect(ok(await put('app-scoped', corpId, [10, 10]))).toEqual({ departments: [10] });
    expect(await audited()).toMatchObject({
      action: 'app.contactScope',
      target: 'app-scoped',
      before: { departments: [11, 20] },
      after: { departments: [10] },
    });
    expect((await old('/topapi/v2/user/get', { userid: 'ann' }, 'app-scoped')).body.errcode).toBe(0);
    ok(await put('app-scoped', corpId, []));
    expect((await old('/topapi/v2/user/get', { userid: 'boss' }, 'app-scoped')).body.errcode).toBe(0);
    expect(refusal(await put('app-scoped', corpId, [99]))).toEqual([400, 'huizhi.badRequest']);
    expect(refusal(await put('app-scoped', 'corp-two', []))).toEqual([404, 'huizhi.notFound']);
    expect(refusal(await put('app-none', corpId, []))).toEqual([404, 'huizhi.notFound']);
  });
});

describe('users in the console', () => {
  test('are shown with all that apps may see', async () => {
    const { done, unionIdOf } = await createScene();
    const ann = {
      userId: 'ann',
      name: '安',
      unionId: await unionIdOf('ann'),
      mobile: '13800000001',
      email: 'ann@example.com',
      jobNumber: '001',
      title: '主管',
      departments: [{ deptId: 10, order: 0, manager: true }],
    };
    expect(await done('GET', `users/ann?corpId=${corpId}`)).toEqual({ ...ann, blockedRobots: [], leftAt: null });
    const { users } = (await done('GET', `users?corpId=${corpId}&text=ann`)) as { users: Fields[] };
    expect(users).toEqual([{ ...ann, blockedRobots: [] }]);
  });

  test('are added and changed; absent members stay, null removes one', async () => {
    const { done, ask, audited, resultOf } = await createScene();
    const added = await done('POST', 'users', {
      corpId,
      userId: 'new',
      name: '新人',
      mobile: '+86-13811111111',
      departments: [{ deptId: 11, order: 9, manager: true }],
    });
    expect(added).toMatchObject({
      mobile: '13811111111',
      email: null,
      departments: [{ deptId: 11, order: 9, manager: true }],
    });
    expect(await audited()).toMatchObject({ action: 'user.add', after: { name: '新人', mobile: '13811111111' } });
    const change = (body: object) => ask('PUT', `users/new?corpId=${corpId}`, body);
    const changed = ok(await change({ title: '经理', mobile: null, departments: [{ deptId: 11 }, { deptId: 20 }] }));
    expect(changed).toMatchObject({
      name: '新人',
      title: '经理',
      mobile: null,
      departments: [
        { deptId: 11, order: 9, manager: true },
        { deptId: 20, order: 0, manager: false },
      ],
    });
    expect(await audited()).toMatchObject({
      action: 'user.change',
      target: 'new',
      before: { title: null, mobile: '13811111111', departments: [{ deptId: 11 }] },
      after: { title: '经理', mobile: null },
    });
    expect(await resultOf('/topapi/v2/user/get', { userid: 'new' })).toMatchObject({ title: '经理' });
    expect(ok(await change({ name: 'N' })).title).toBe('经理');
    expect(await audited()).toMatchObject({ action: 'user.rename', before: { name: '新人' }, after: { name: 'N' } });
    expect(ok(await change({ departments: [] })).departments).toEqual([{ deptId: 1, order: 0, manager: false }]);
  });

  test.each([
    [{}, 'huizhi.badRequest'],
    [{ mobile: '' }, 'huizhi.badRequest'],
    [{ mobile: 13800000001 }, 'huizhi.badRequest'],
    [{ mobile: '138 0000' }, 'huizhi.badRequest'],
    [{ email: 'nobody' }, 'huizhi.badRequest'],
    [{ jobNumber: 'x'.repeat(65) }, 'huizhi.badRequest'],
    [{ title: 'a\u0000' }, 'huizhi.badRequest'],
    [{ unionId: 'x' }, 'huizhi.badRequest'],
    [{ departments: [11] }, 'huizhi.badRequest'],
    [{ departments: [{ deptId: 99 }] }, 'huizhi.badRequest'],
    [{ departments: [{ deptId: 11, order: -1 }] }, 'huizhi.badRequest'],
  ])('are not changed by %j', async (body, code) => {
    const { ask, audited } = await createScene();
    const before = await audited();
    expect(refusal(await ask('PUT', `users/bob?corpId=${corpId}`, body))).toEqual([400, code]);
    expect(await audited()).toEqual(before);
  });

  test('cannot have the mobile of another user of the organization', async () => {
    const { ask, done } = await createScene();
    const taken = { mobile: '13800000001' };
    const reply = await ask('PUT', `users/bob?corpId=${corpId}`, taken);
    expect([reply.status, reply.body.message]).toEqual([409, 'Conflict: user ann has this mobile']);
    expect(refusal(await ask('POST', 'users', { corpId, userId: 'x', name: 'X', ...taken }))).toEqual([
      409,
      'huizhi.conflict',
    ]);
    expect(refusal(await ask('GET', `users/x?corpId=${corpId}`))).toEqual([404, 'huizhi.notFound']);
    // A user who leaves frees the number, and cannot return while another user has it.
    await done('DELETE', `users/ann?corpId=${corpId}`);
    await done('PUT', `users/bob?corpId=${corpId}`, taken);
    const back = await ask('POST', `users/ann/restore?corpId=${corpId}`, {});
    expect([back.status, back.body.message]).toEqual([409, 'Conflict: user bob has this mobile']);
    await done('PUT', `users/bob?corpId=${corpId}`, { mobile: null });
    expect(await done('POST', `users/ann/restore?corpId=${corpId}`, {})).toMatchObject({ mobile: '13800000001' });
  });

  test('keep their unionId when they leave and are restored; another person with the userId has another', async () => {
    const { done, unionIdOf } = await createScene();
    const before = await unionIdOf('ann');
    await done('DELETE', `users/ann?corpId=${corpId}`);
    const other = await done('POST', 'users', { corpId, userId: 'ann', name: 'Other' });
    expect(other.unionId).not.toBe(before);
    await done('DELETE', `users/ann?corpId=${corpId}`);
    const { formerUsers } = (await done('GET', `formerUsers?corpId=${corpId}`)) as { formerUsers: Fields[] };
    const leftAt = formerUsers[0]?.leftAt;
    expect(await done('POST', `users/ann/restore?corpId=${corpId}`, { leftAt })).toMatchObject({ unionId: before });
  });
});

describe('CSV', () => {
  const bring = async (scene: Awaited<ReturnType<typeof createScene>>, csv: string, dryRun = false) =>
    scene.done('POST', 'users/import', { corpId, csv, dryRun });

  test('has all members of users in any order, and an empty field changes nothing', async () => {
    const scene = await createScene();
    const csv =
      'userId,departments,manages,name,mobile,email,jobNumber,title\n' +
      'ann,10;20,20,安,,,002,\nnew,11,,新人,13811111111,n@e.com,7,\nbob,,,鲍,,,,\ncho,,,赵,,,,\n';
    const counts = { created: 1, renamed: 1, changed: 1, unchanged: 1, errors: [] };
    expect(await bring(scene, csv, true)).toEqual({ dryRun: true, ...counts });
    expect(await bring(scene, csv)).toEqual({ dryRun: false, ...counts });
    expect(await scene.done('GET', `users/ann?corpId=${corpId}`)).toMatchObject({
      jobNumber: '002',
      title: '主管',
      mobile: '13800000001',
      departments: [
        { deptId: 10, manager: false },
        { deptId: 20, manager: true },
      ],
    });
    expect(await scene.done('GET', `users/new?corpId=${corpId}`)).toMatchObject({
      mobile: '13811111111',
      departments: [{ deptId: 11 }],
    });
    expect(await bring(scene, csv)).toMatchObject({ created: 0, renamed: 0, changed: 0, unchanged: 4 });
  });

  test('can exchange mobiles, but not give one to two users', async () => {
    const scene = await createScene();
    const head = 'userId,name,mobile\n';
    expect(await bring(scene, `${head}ann,安,13900000000\nboss,曲大岳,13800000001\n`)).toMatchObject({ changed: 2 });
    expect(await bring(scene, `${head}x,X,13900000000\n`)).toMatchObject({
      errors: [{ line: 2, message: 'the mobile belongs to user ann' }],
    });
    expect(await bring(scene, `${head}x,X,1234567\ny,Y,+86-1234567\n`)).toMatchObject({
      errors: [{ line: 3, message: 'the mobile is already in line 2' }],
    });
  });

  test.each([
    ['userId,name,phone\nx,X,1', 1, 'there is no column phone'],
    ['userId,name,name\nx,X,1', 1, 'the column name is named twice'],
    ['userId,mobile,email\nx,1,a@b', 1, 'there is no column name'],
    ['userId,name,mobile\nx,X', 2, 'there are 2 fields, not 3'],
    ['userId,name,mobile\nx,X,abc', 2, 'mobile must be digits'],
    ['userId,name,departments\nx,X,11;99', 2, 'departments: there is no department 99'],
    ['userId,name,departments\nx,X,a', 2, 'departments: there is no department a'],
    ['userId,name,departments,manages\nx,X,11,20', 2, 'manages: 20 is none of the departments'],
  ])('is refused with the line: %j', async (csv, line, message) => {
    const scene = await createScene();
    const { errors } = (await bring(scene, csv)) as { errors: { line: number; message: string }[] };
    expect(errors).toEqual([{ line, message: expect.stringContaining(message) }]);
    expect(refusal(await scene.ask('GET', `users/x?corpId=${corpId}`))).toEqual([404, 'huizhi.notFound']);
  });

  test('that was exported changes nothing when it is imported', async () => {
    const scene = await createScene();
    await scene.done('POST', 'users', { corpId, userId: 'formula', name: '=1+1', title: '"a, b"' });
    const { text, headers } = await scene.ask('GET', `users.csv?corpId=${corpId}`);
    expect(headers['content-type']).toBe('text/csv;charset=utf-8');
    expect(text.split('\r\n')[0]).toBe('\uFEFFuserId,name,mobile,email,jobNumber,title,departments,manages,unionId');
    expect(text).toContain(`ann,安,13800000001,ann@example.com,001,主管,10,10,${await scene.unionIdOf('ann')}\r\n`);
    expect(text).toContain(`bob,鲍,'+852-51234567,,,,11;20,11,`);
    expect(text).toContain(`formula,'=1+1,,,,"""a, b""",,,`);
    expect(await bring(scene, text)).toEqual({
      dryRun: false,
      created: 0,
      renamed: 0,
      changed: 0,
      unchanged: 111,
      errors: [],
    });
    expect(refusal(await scene.ask('GET', 'users.csv?corpId=nowhere'))).toEqual([404, 'huizhi.notFound']);
  });
});
