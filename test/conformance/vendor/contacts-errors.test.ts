import { describe, expect, test } from 'vitest';
import type { Fields } from '../support/harness.ts';
import { fileServer } from '../support/harness.ts';
import { type PeopleApp, peopleSetup, peopleWorld, withoutIds } from '../support/people.ts';

const server = await fileServer({ setup: peopleSetup });
const { old, versioned, tokenOf, unionIdOf } = peopleWorld(server);

const paths = {
  '/topapi/v2/user/get': 'qyapi_get_member',
  '/topapi/v2/user/getbymobile': 'qyapi_get_member_by_mobile',
  '/topapi/v2/user/list': 'qyapi_get_department_member',
  '/topapi/user/getbyunionid': 'qyapi_get_member',
  '/topapi/user/listid': 'qyapi_get_member',
  '/topapi/user/listsimple': 'qyapi_get_department_member',
  '/topapi/user/count': 'qyapi_get_member',
  '/topapi/v2/department/get': 'qyapi_get_department_list',
  '/topapi/v2/department/listsub': 'qyapi_get_department_list',
  '/topapi/v2/department/listsubid': 'qyapi_get_department_list',
  '/topapi/v2/department/listparentbyuser': 'qyapi_get_department_list',
  '/user/get': 'qyapi_get_member',
  '/user/get_by_mobile': 'qyapi_get_member_by_mobile',
  '/user/simplelist': 'qyapi_get_department_member',
  '/department/list': 'qyapi_get_department_list',
  '/department/list_ids': 'qyapi_get_department_list',
} as const;

const failure = (errcode: number, errmsg: string) => `{"errcode":${errcode},"errmsg":"${errmsg}","request_id":"<id>"}`;

describe.each(Object.entries(paths))('%s', (path, permission) => {
  const method = path.startsWith('/topapi/') ? 'POST' : 'GET';

  test('needs the permission that it names', async () => {
    const link = `https://open-dev.dingtalk.com/appscope/apply?content=app-bare%23${permission}`;
    const submsg = `应用尚未开通所需的权限：[${permission}]，点击链接申请并开通即可：${link}, {requiredScopes=[${permission}]}`;
    // Permission is checked before the parameters, which are absent here.
    expect(withoutIds(await old(path, {}, 'app-bare'))).toBe(
      `{"errcode":88,"sub_code":"60011","sub_msg":"${submsg}","errmsg":"ding talk error[subcode=60011,submsg=${submsg}]","request_id":"<id>"}`,
    );
  });

  test('needs a token, as a parameter', async () => {
    const headers = { 'x-acs-dingtalk-access-token': await tokenOf() };
    expect(withoutIds(await server.call(method, path, { headers }))).toBe(
      '{"errcode":88,"sub_code":"40000","sub_msg":"access_token is blank","errmsg":"ding talk error[subcode=40000,submsg=access_token is blank]","request_id":"<id>"}',
    );
    expect(withoutIds(await server.call(method, path, { query: { access_token: 'forged' } }))).toBe(
      '{"errcode":88,"sub_code":"40014","sub_msg":"不合法的access_token","errmsg":"ding talk error[subcode=40014,submsg=不合法的access_token]","request_id":"<id>"}',
    );
  });

  test('refuses other methods', async () => {
    const { text } = await server.call(method === 'GET' ? 'POST' : 'PUT', path);
    expect(JSON.parse(text).errcode).toBe(43001);
  });
});

test.each<[string, Fields, number, string]>([
  ['/topapi/v2/user/get', {}, 40, 'Missing required arguments:userid'],
  ['/topapi/v2/user/get', { userid: null }, 40, 'Missing required arguments:userid'],
  ['/topapi/v2/user/get', { userid: { a: 1 } }, 41, 'Invalid arguments:userid'],
  ['/topapi/v2/user/get', { userid: 'a\0b' }, 41, 'Invalid arguments:userid'],
  ['/topapi/v2/user/get', { userid: '' }, 400002, '无效的参数'],
  ['/topapi/v2/user/get', { userid: 'x'.repeat(129) }, 400002, '无效的参数'],
  ['/topapi/v2/user/get', { userid: 'nobody' }, 33012, '无效的userId'],
  ['/topapi/v2/user/get', { userid: 'mallory' }, 33012, '无效的userId'],
  ['/topapi/v2/user/get', { userid: 'Ann' }, 33012, '无效的userId'],
  ['/topapi/v2/user/getbymobile', { mobile: '' }, 400002, '无效的参数'],
  ['/topapi/v2/user/getbymobile', { mobile: '138-0000-0001' }, 40104, '企业中无效的手机号'],
  ['/topapi/v2/user/getbymobile', { mobile: '１３８００００' }, 40104, '企业中无效的手机号'],
  ['/topapi/v2/user/getbymobile', { mobile: '13800000009' }, 60121, '找不到该用户'],
  ['/topapi/v2/user/getbymobile', { mobile: '13700000001' }, 60121, '找不到该用户'],
  ['/topapi/v2/user/getbymobile', { mobile: '51234567' }, 60121, '找不到该用户'],
  ['/topapi/v2/user/getbymobile', { mobile: ['13800000001'] }, 41, 'Invalid arguments:mobile'],
  ['/topapi/user/getbyunionid', { unionid: 'x' }, 60121, '找不到该用户'],
  ['/topapi/user/getbyunionid', { unionid: '' }, 400002, '无效的参数'],
  ['/topapi/user/listid', {}, 40, 'Missing required arguments:dept_id'],
  ['/topapi/user/listid', { dept_id: 99 }, 60003, '部门不存在'],
  ['/topapi/user/listid', { dept_id: 0 }, 60003, '部门不存在'],
  ['/topapi/user/listid', { dept_id: -1 }, 60003, '部门不存在'],
  ['/topapi/user/listid', { dept_id: 1.5 }, 41, 'Invalid arguments:dept_id'],
  ['/topapi/user/listid', { dept_id: '1x' }, 41, 'Invalid arguments:dept_id'],
  ['/topapi/user/listid', { dept_id: true }, 41, 'Invalid arguments:dept_id'],
  ['/topapi/user/listid', { dept_id: 9007199254740992 }, 41, 'Invalid arguments:dept_id'],
  ['/topapi/user/listsimple', { dept_id: 11, cursor: 0 }, 40, 'Missing required arguments:size'],
  ['/topapi/user/listsimple', { dept_id: 11, cursor: 0, size: 0 }, 40069, '无效的size'],
  ['/topapi/user/listsimple', { dept_id: 11, cursor: 0, size: 101 }, 40069, '无效的size'],
  ['/topapi/user/listsimple', { dept_id: 11, cursor: -1, size: 1 }, 40068, '无效的偏移量'],
  ['/topapi/user/listsimple', { dept_id: 11, cursor: 100001, size: 1 }, 40068, '无效的偏移量'],
  ['/topapi/user/listsimple', { dept_id: 99, cursor: 0, size: 1 }, 60003, '部门不存在'],
  ['/topapi/user/listsimple', { dept_id: 11, cursor: 0, size: 1, order_field: 'x' }, 400002, '无效的参数'],
  ['/topapi/user/listsimple', { dept_id: 11, cursor: 0, size: 1, order_field: 'toString' }, 400002, '无效的参数'],
  ['/topapi/v2/user/list', { dept_id: 11, cursor: 0, size: 101 }, 40069, '无效的size'],
  ['/topapi/v2/user/list', { dept_id: 99, cursor: 0, size: 1 }, 60003, '部门不存在'],
  ['/topapi/user/count', {}, 40, 'Missing required arguments:only_active'],
  ['/topapi/user/count', { only_active: 'yes' }, 41, 'Invalid arguments:only_active'],
  ['/topapi/v2/department/get', { dept_id: 99 }, 60003, '部门不存在'],
  ['/topapi/v2/department/listsub', { dept_id: 99 }, 60003, '部门不存在'],
  ['/topapi/v2/department/listsubid', { dept_id: 99 }, 60003, '部门不存在'],
  ['/topapi/v2/department/listparentbyuser', { userid: 'nobody' }, 60121, '找不到该用户'],
  ['/user/get', { userid: 'nobody' }, 60121, '找不到该用户'],
  ['/user/get_by_mobile', { mobile: '13800000009' }, 60121, '找不到该用户'],
  ['/user/simplelist', { department_id: 99 }, 60003, '部门不存在'],
  ['/user/simplelist', { department_id: 11, offset: 0, size: 101 }, 40069, '无效的size'],
  ['/department/list', { id: 99 }, 60003, '部门不存在'],
  ['/department/list_ids', { id: 99 }, 60003, '部门不存在'],
  ['/department/list_ids', {}, 40, 'Missing required arguments:id'],
])('%s refuses %j with %i', async (path, given, errcode, errmsg) => {
  expect(withoutIds(await old(path, given))).toBe(failure(errcode, errmsg));
});

test('a parameter that is given twice is refused', async () => {
  const query = `access_token=${await tokenOf()}&userid=ann&userid=bob`;
  expect(withoutIds(await server.call('GET', '/topapi/v2/user/get', { query }))).toBe(
    failure(41, 'Invalid arguments:userid'),
  );
});

test('a body that cannot be read is refused', async () => {
  const query = { access_token: await tokenOf() };
  const headers = { 'content-type': 'application/json' };
  expect(withoutIds(await server.call('POST', '/topapi/v2/user/get', { query, headers, body: '{"userid":' }))).toBe(
    failure(40035, '不合法的参数'),
  );
});

describe('an app with a contact scope', () => {
  const scoped = (path: string, given: Fields = {}) => old(path, given, 'app-scoped');

  test('sees users of its departments and of those below them', async () => {
    expect((await scoped('/topapi/v2/user/get', { userid: 'cho' })).body).toMatchObject({ errcode: 0 });
    expect((await scoped('/topapi/v2/user/getbymobile', { mobile: '+852-51234567' })).body.errcode).toBe(0);
    expect((await scoped('/topapi/user/listsimple', { dept_id: 11, cursor: 0, size: 9 })).body.errcode).toBe(0);
  });

  test.each<[string, Fields, number, string]>([
    ['/topapi/v2/user/get', { userid: 'ann' }, 50002, '请求的员工userid不在授权范围内'],
    ['/topapi/v2/user/get', { userid: 'boss' }, 50002, '请求的员工userid不在授权范围内'],
    ['/topapi/v2/department/listparentbyuser', { userid: 'ann' }, 50002, '请求的员工userid不在授权范围内'],
    ['/topapi/v2/user/getbymobile', { mobile: '13800000001' }, 60121, '找不到该用户'],
    ['/topapi/v2/user/list', { dept_id: 10, cursor: 0, size: 1 }, 50004, '部门不在权限范围内'],
    ['/topapi/user/listsimple', { dept_id: 1, cursor: 0, size: 1 }, 50004, '部门不在权限范围内'],
    ['/topapi/v2/department/get', { dept_id: 10 }, 50004, '部门不在权限范围内'],
    ['/user/get', { userid: 'ann' }, 50002, '请求的员工userid不在授权范围内'],
    ['/user/simplelist', { department_id: 10 }, 50004, '部门不在权限范围内'],
  ])('%s refuses %j outside of it with %i', async (path, given, errcode, errmsg) => {
    expect(withoutIds(await scoped(path, given))).toBe(failure(errcode, errmsg));
  });

  test('is not told by unionid about others, and finds only those it sees', async () => {
    const ann = await unionIdOf('ann');
    expect((await scoped('/topapi/user/getbyunionid', { unionid: ann })).body.errcode).toBe(60121);
    expect((await versioned('GET', `/v1.0/contact/users/${ann}`, undefined, 'app-scoped')).status).toBe(404);
    const search = async (path: string, queryWord: string) =>
      (await versioned('POST', path, { queryWord, offset: 0, size: 10 }, 'app-scoped')).body;
    expect(await search('/v1.0/contact/users/search', '赵敏')).toMatchObject({ list: ['cho'], totalCount: 1 });
    expect(await search('/v1.0/contact/departments/search', '组')).toMatchObject({ list: [11], totalCount: 1 });
  });

  test('lists its departments alone, but all ids', async () => {
    const { body } = await scoped('/topapi/v2/department/listsub', { dept_id: 10 });
    expect((body.result as { dept_id: number }[]).map(({ dept_id }) => dept_id)).toEqual([11]);
    expect((await scoped('/topapi/v2/department/listsubid', { dept_id: 10 })).body.result).toEqual({
      dept_id_list: [12, 11],
    });
    expect((await scoped('/topapi/user/listid', { dept_id: 10 })).body.result).toEqual({ userid_list: ['ann'] });
    expect((await scoped('/department/list', { fetch_child: true })).body.department).toMatchObject([
      { id: 20 },
      { id: 11 },
    ]);
  });
});

test('an app without the permissions for mobile and email gets neither', async () => {
  const { body } = await old('/topapi/v2/user/get', { userid: 'ann' }, 'app-private');
  for (const name of ['mobile', 'state_code', 'email']) expect(body.result).not.toHaveProperty(name);
  const v1 = (await old('/user/get', { userid: 'ann' }, 'app-private')).body;
  for (const name of ['mobile', 'stateCode', 'email']) expect(v1).not.toHaveProperty(name);
  const person = (await versioned('GET', `/v1.0/contact/users/${await unionIdOf('ann')}`, undefined, 'app-private'))
    .body;
  for (const name of ['mobile', 'stateCode']) expect(person).not.toHaveProperty(name);
});

test('an organization does not see the people of another', async () => {
  const ann = await unionIdOf('ann');
  const other = await unionIdOf('ann', 'app-two');
  expect(other).toMatch(/^[0-9a-v]{26}$/);
  expect(other).not.toBe(ann);
  expect((await old('/topapi/user/getbyunionid', { unionid: ann }, 'app-two')).body.errcode).toBe(60121);
  expect((await versioned('GET', `/v1.0/contact/users/${ann}`, undefined, 'app-two')).status).toBe(404);
  expect((await old('/topapi/v2/department/get', { dept_id: 10 }, 'app-two')).body.errcode).toBe(60003);
  expect((await old('/topapi/v2/user/getbymobile', { mobile: '13900000000' }, 'app-two')).body.errcode).toBe(60121);
});

describe('/v1.0/contact/', () => {
  const searches = ['/v1.0/contact/users/search', '/v1.0/contact/departments/search'];
  const valid = { queryWord: 'a', offset: 0, size: 1 };

  test.each<[PeopleApp, string, string, string]>([
    ['app-bare', 'GET', '/v1.0/contact/users/me', 'Contact.User.Read'],
    ['app-bare', 'POST', '/v1.0/contact/users/search', 'qyapi_addresslist_search'],
    ['app-bare', 'POST', '/v1.0/contact/departments/search', 'qyapi_addresslist_search'],
  ])('%s may not call %s %s without %s', async (appKey, method, path, permission) => {
    const { status, body } = await versioned(method, path, method === 'POST' ? {} : undefined, appKey);
    expect([status, body.code, body.accessdenieddetail]).toEqual([
      403,
      'Forbidden.AccessDenied.AccessTokenPermissionDenied',
      { requiredScopes: [permission] },
    ]);
  });

  test.each(['nobody', '%00', '%E4%BD', '%zz', 'a%2Fb'])('has no user %s', async (segment) => {
    const { status, body } = await versioned('GET', `/v1.0/contact/users/${segment}`);
    expect([status, body.code]).toEqual([404, 'invalidParameter.user.notFound']);
  });

  describe.each(searches)('%s', (path) => {
    test.each([
      [{ offset: 0, size: 1 }, 'MissingqueryWord'],
      [{ queryWord: 'a', size: 1 }, 'Missingoffset'],
      [{ queryWord: 'a', offset: 0 }, 'Missingsize'],
      [{ ...valid, queryWord: '' }, 'invalidParameter.param.invalid'],
      [{ ...valid, queryWord: 'a\0' }, 'invalidParameter.param.invalid'],
      [{ ...valid, queryWord: 'x'.repeat(129) }, 'invalidParameter.param.invalid'],
      [{ ...valid, queryWord: 1 }, 'invalidParameter.param.invalid'],
      [{ ...valid, offset: '0' }, 'invalidParameter.param.invalid'],
      [{ ...valid, offset: -1 }, 'invalidParameter.param.invalid'],
      [{ ...valid, size: 0 }, 'invalidParameter.param.invalid'],
      [{ ...valid, size: 101 }, 'invalidParameter.param.invalid'],
      [{ ...valid, size: 1.5 }, 'invalidParameter.param.invalid'],
    ])('refuses %j with %s', async (body, code) => {
      const reply = await versioned('POST', path, body);
      expect([reply.status, reply.body.code]).toEqual([400, code]);
    });
  });

  test('users/search refuses another fullMatchField', async () => {
    const reply = await versioned('POST', '/v1.0/contact/users/search', { ...valid, fullMatchField: 2 });
    expect(reply.body.code).toBe('invalidParameter.param.invalid');
  });
});

test('neither mobile nor email appears in the log', async () => {
  await old('/topapi/v2/user/getbymobile', { mobile: '13800000001' });
  await old('/topapi/v2/user/getbymobile', { mobile: '13812345678' }, 'app-one', 'get');
  await old('/topapi/v2/user/get', { userid: 'ann' });
  for (const { text } of server.log) expect(text).not.toMatch(/138(?:00000001|12345678)|ann@example/);
});
