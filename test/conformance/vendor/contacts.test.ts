import { describe, expect, test } from 'vitest';
import { fileServer } from '../support/harness.ts';
import { forms, peopleSetup, peopleWorld, withoutIds } from '../support/people.ts';

const server = await fileServer({ setup: peopleSetup });
const { old, versioned, unionIdOf } = peopleWorld(server);
const unionId = await unionIdOf('ann');

const ok = (payload: string) => `{"errcode":0,"errmsg":"ok",${payload},"request_id":"<id>"}`;

describe.each(forms)('with parameters as %s', (form) => {
  test.each([
    [
      '/topapi/v2/user/get',
      { userid: 'ann' },
      '"result":{"active":true,"admin":false,"boss":false,"dept_id_list":[10],"dept_order_list":[{"dept_id":10,"order":0}],' +
        '"email":"ann@example.com","exclusive_account":false,"hide_mobile":false,"job_number":"001",' +
        '"leader_in_dept":[{"dept_id":10,"leader":true}],"mobile":"13800000001","name":"安","real_authed":false,' +
        '"senior":false,"state_code":"86","title":"主管","unionid":"<0>","userid":"ann"}',
    ],
    ['/topapi/v2/user/getbymobile', { mobile: '13800000001' }, '"result":{"userid":"ann"}'],
    ['/topapi/user/listid', { dept_id: 11 }, '"result":{"userid_list":["bob","cho"]}'],
    [
      '/topapi/user/listsimple',
      { dept_id: 11, cursor: 0, size: 1 },
      '"result":{"has_more":true,"list":[{"name":"鲍","userid":"bob"}],"next_cursor":1}',
    ],
    [
      '/topapi/user/listsimple',
      { dept_id: 11, cursor: 1, size: 1, order_field: 'custom' },
      '"result":{"has_more":false,"list":[{"name":"赵敏","userid":"cho"}]}',
    ],
    ['/topapi/user/count', { only_active: false }, '"result":{"count":110}'],
    [
      '/topapi/v2/department/listsub',
      { dept_id: 10 },
      '"result":[{"auto_add_user":false,"create_dept_group":false,"dept_id":12,"name":"前端组","parent_id":10},' +
        '{"auto_add_user":false,"create_dept_group":false,"dept_id":11,"name":"后端组","parent_id":10}]',
    ],
    ['/topapi/v2/department/listsubid', { dept_id: 1 }, '"result":{"dept_id_list":[20,10,30,40]}'],
    [
      '/topapi/v2/department/listparentbyuser',
      { userid: 'bob' },
      '"result":{"parent_list":[{"parent_dept_id_list":[11,10,1]},{"parent_dept_id_list":[20,1]}]}',
    ],
    [
      '/topapi/v2/department/get',
      { dept_id: 10 },
      '"result":{"auto_add_user":false,"create_dept_group":false,"dept_id":10,"dept_manager_userid_list":["ann"],' +
        '"dept_permits":[],"from_union_org":false,"group_contain_sub_dept":false,"hide_dept":false,"member_count":4,' +
        '"name":"研发中心","order":5,"outer_dept":false,"outer_permit_depts":[],"outer_permit_users":[],' +
        '"owning_member_count":1,"parent_id":1,"user_permits":[]}',
    ],
  ])('%s answers as the vendor does', async (path, given, payload) => {
    expect(withoutIds(await old(path, given, 'app-one', form), unionId)).toBe(ok(payload));
  });

  test('/topapi/user/getbyunionid finds the userid', async () => {
    const reply = await old('/topapi/user/getbyunionid', { unionid: unionId }, 'app-one', form);
    expect(withoutIds(reply)).toBe(ok('"result":{"contact_type":0,"userid":"ann"}'));
  });

  test('/topapi/v2/user/list returns details of each user', async () => {
    const given = { dept_id: 20, cursor: 0, size: 100 };
    const reply = await old('/topapi/v2/user/list', given, 'app-one', form);
    expect(withoutIds(reply, await unionIdOf('bob'))).toBe(
      ok(
        '"result":{"has_more":false,"list":[{"active":true,"admin":false,"boss":false,"dept_id_list":[11,20],"dept_order":0,' +
          '"exclusive_account":false,"hide_mobile":false,"leader":false,"mobile":"51234567","name":"鲍","state_code":"852",' +
          '"unionid":"<0>","userid":"bob"}]}',
      ),
    );
  });
});

test.each([
  [
    '/user/get',
    { userid: 'bob' },
    '"active":true,"department":[11,20],"isAdmin":false,"isBoss":false,"isHide":false,"isLeaderInDepts":"{11:true,20:false}",' +
      '"isSenior":false,"mobile":"51234567","name":"鲍","orderInDepts":"{11:0,20:0}","stateCode":"852","unionid":"<0>","userid":"bob"',
  ],
  ['/user/get_by_mobile', { mobile: '+86-13800000001' }, '"userid":"ann"'],
  [
    '/user/simplelist',
    { department_id: 11 },
    '"hasMore":false,"userlist":[{"name":"鲍","userid":"bob"},{"name":"赵敏","userid":"cho"}]',
  ],
  [
    '/user/simplelist',
    { department_id: 11, offset: 1, size: 1 },
    '"hasMore":false,"userlist":[{"name":"赵敏","userid":"cho"}]',
  ],
  [
    '/department/list',
    { id: 10 },
    '"department":[{"autoAddUser":false,"createDeptGroup":false,"id":12,"name":"前端组","parentid":10},' +
      '{"autoAddUser":false,"createDeptGroup":false,"id":11,"name":"后端组","parentid":10}]',
  ],
  ['/department/list_ids', { id: 10 }, '"sub_dept_id_list":[12,11]'],
])('the oldest call %s answers as the vendor did', async (path, given, payload) => {
  expect(withoutIds(await old(path, given), await unionIdOf('bob'))).toBe(ok(payload));
});

test('/department/list returns one level below the root, or the whole tree with fetch_child', async () => {
  const idsOf = async (given: Record<string, unknown>) =>
    ((await old('/department/list', given)).body.department as { id: number }[]).map(({ id }) => id);
  expect(await idsOf({})).toEqual([20, 10, 30, 40]);
  expect(await idsOf({ fetch_child: false })).toEqual([20, 10, 30, 40]);
  expect(await idsOf({ fetch_child: true })).toEqual([20, 10, 12, 11, 30, 40]);
});

test('listsub without dept_id lists the departments below the root', async () => {
  const { body } = await old('/topapi/v2/department/listsub');
  expect((body.result as { dept_id: number }[]).map(({ dept_id }) => dept_id)).toEqual([20, 10, 30, 40]);
});

test('the root department has the name of the organization, and all its users', async () => {
  const { body } = await old('/topapi/v2/department/get', { dept_id: 1 });
  expect(body.result).toMatchObject({ name: '第一公司', member_count: 110, owning_member_count: 2 });
  expect(body.result).not.toHaveProperty('parent_id');
});

test('users without a department belong to the root, in an organization without departments all of them', async () => {
  const listed = async (appKey: 'app-one' | 'app-two') =>
    ((await old('/topapi/user/listid', { dept_id: 1 }, appKey)).body.result as { userid_list: string[] }).userid_list;
  expect(await listed('app-one')).toEqual(['dee', 'boss']);
  expect(await listed('app-two')).toEqual(['ann', 'mallory']);
  const { body } = await old('/topapi/v2/user/get', { userid: 'mallory' }, 'app-two');
  expect(body.result).toMatchObject({ dept_id_list: [1], leader_in_dept: [{ dept_id: 1, leader: false }] });
  expect((await old('/topapi/v2/department/listsub', {}, 'app-two')).body.result).toEqual([]);
});

test('next_cursor leads through all users of a department, each once', async () => {
  const seen: string[] = [];
  for (let cursor: unknown = 0; cursor !== undefined; ) {
    const { body } = await old('/topapi/user/listsimple', { dept_id: 40, cursor, size: 50 });
    const page = body.result as { has_more: boolean; list: { userid: string }[]; next_cursor?: number };
    seen.push(...page.list.map(({ userid }) => userid));
    expect(page.has_more).toBe(page.next_cursor !== undefined);
    cursor = page.next_cursor;
  }
  expect(seen).toHaveLength(105);
  expect(new Set(seen).size).toBe(105);
});

test.each([
  ['entry_asc', 'm000'],
  ['modify_asc', 'm000'],
  ['entry_desc', 'm104'],
  ['modify_desc', 'm104'],
])('order_field %s begins with %s', async (order_field, first) => {
  const { body } = await old('/topapi/user/listsimple', { dept_id: 40, cursor: 0, size: 1, order_field });
  expect(body.result).toMatchObject({ list: [{ userid: first }] });
});

describe('/v1.0/contact/', () => {
  test('users/{unionId} returns a user, and me nobody', async () => {
    const reply = await versioned('GET', `/v1.0/contact/users/${unionId}`);
    const { openId } = reply.body;
    expect(openId).toMatch(/^[0-9a-v]{26}$/);
    expect(withoutIds(reply, unionId, String(openId))).toBe(
      '{"nick":"安","mobile":"13800000001","openId":"<1>","unionId":"<0>","email":"ann@example.com","stateCode":"86"}',
    );
    const me = await versioned('GET', '/v1.0/contact/users/me');
    expect([me.status, withoutIds(me)]).toEqual([
      404,
      '{"requestid":"<id>","code":"invalidParameter.user.notFound","message":"找不到该用户"}',
    ]);
  });

  test('users/search finds users by name, page by page', async () => {
    const search = async (body: object) => (await versioned('POST', '/v1.0/contact/users/search', body)).text;
    expect(await search({ queryWord: '赵敏', offset: 0, size: 1 })).toBe(
      '{"hasMore":true,"list":["cho"],"totalCount":2}',
    );
    expect(await search({ queryWord: '赵敏', offset: 1, size: 1 })).toBe(
      '{"hasMore":false,"list":["dee"],"totalCount":2}',
    );
    expect(await search({ queryWord: '赵敏', offset: 0, size: 10, fullMatchField: 1 })).toBe(
      '{"hasMore":false,"list":["cho"],"totalCount":1}',
    );
    expect(await search({ queryWord: 'MEMBER 10', offset: 5, size: 2 })).toBe(
      '{"hasMore":false,"list":["m104"],"totalCount":6}',
    );
    expect(await search({ queryWord: '%', offset: 0, size: 2 })).toBe('{"hasMore":false,"list":[],"totalCount":0}');
    expect(await search({ queryWord: '赵', offset: 9, size: 2 })).toBe('{"hasMore":false,"list":[],"totalCount":2}');
  });

  test('departments/search finds departments by name', async () => {
    const body = { queryWord: '组', offset: 0, size: 1 };
    const { text } = await versioned('POST', '/v1.0/contact/departments/search', body);
    expect(text).toBe('{"hasMore":true,"list":[11],"totalCount":2}');
  });
});
