import type { Setup } from '../../../src/config/setup.ts';
import { permissionCodes } from '../../../src/wire/permissions.ts';
import type { Fields, Reply, Server } from './harness.ts';

const app = (appKey: string, corpId: string, permissions: readonly string[] = permissionCodes) =>
  ({ appKey, appSecret: `secret-of-${appKey}`, kind: 'internal', corpId, permissions }) as const;

/** 105 users of the department 40. */
const crowd = Array.from({ length: 105 }, (_, i) => ({
  userId: `m${String(i).padStart(3, '0')}`,
  name: `Member ${i}`,
  departments: [40],
}));

/**
 * An organization with the departments 10 (with 11 and 12 below it), 20, 30 (empty) and 40 (with 105 users), and one
 * without departments. Apps with all permissions, with none, without those for mobile and email, and with a scope.
 */
export const peopleSetup: Setup = {
  organizations: [
    {
      corpId: 'corp-one',
      name: '第一公司',
      departments: [
        { deptId: 10, name: '研发中心', order: 5 },
        { deptId: 11, name: '后端组', parentId: 10, order: 2 },
        { deptId: 12, name: '前端组', parentId: 10, order: 1 },
        { deptId: 20, name: '市场部', order: 4 },
        { deptId: 30, name: '空部门', order: 6 },
        { deptId: 40, name: '大部门', order: 7 },
      ],
      users: [
        { userId: 'boss', name: '曲大岳', mobile: '13900000000' },
        {
          userId: 'ann',
          name: '安',
          mobile: '13800000001',
          email: 'ann@example.com',
          jobNumber: '001',
          title: '主管',
          departments: [10],
          manages: [10],
        },
        { userId: 'bob', name: '鲍', mobile: '+852-51234567', departments: [11, 20], manages: [11] },
        { userId: 'cho', name: '赵敏', departments: [11] },
        { userId: 'dee', name: '赵敏敏', departments: [1, 12] },
        ...crowd,
      ],
    },
    {
      corpId: 'corp-two',
      name: '第二公司',
      users: [
        { userId: 'ann', name: '别的安', mobile: '13800000001' },
        { userId: 'mallory', name: 'Mallory', mobile: '13700000001' },
      ],
    },
  ],
  apps: [
    app('app-one', 'corp-one'),
    app('app-bare', 'corp-one', []),
    app(
      'app-private',
      'corp-one',
      permissionCodes.filter((code) => !/^field|mobile$/.test(code) || code === 'qyapi_get_member_by_mobile'),
    ),
    { ...app('app-scoped', 'corp-one'), contactScope: [11, 20] },
    app('app-two', 'corp-two'),
  ],
  robots: [],
};

export type PeopleApp = 'app-one' | 'app-bare' | 'app-private' | 'app-scoped' | 'app-two';

/** How the parameters of a call of the old host are sent. */
export type Form = 'json' | 'texts' | 'form' | 'query' | 'get';
export const forms: readonly Form[] = ['json', 'texts', 'form', 'query', 'get'];

/** The calls of apps about users and departments. */
export function peopleWorld(server: Server) {
  const tokenOf = async (appKey: PeopleApp = 'app-one'): Promise<string> => {
    const query = { appkey: appKey, appsecret: `secret-of-${appKey}` };
    return String((await server.call('GET', '/gettoken', { query })).body.access_token);
  };
  /** Calls the old host with parameters in one of the forms. */
  const old = async (path: string, given: Fields = {}, appKey: PeopleApp = 'app-one', form: Form = 'json') => {
    const access_token = await tokenOf(appKey);
    const texts = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
    if (form === 'get' || !path.startsWith('/topapi/'))
      return server.call('GET', path, { query: { access_token, ...texts } });
    if (form === 'query') return server.call('POST', path, { query: { access_token, ...texts } });
    if (form === 'form') {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const body = new URLSearchParams({ access_token, ...texts }).toString();
      return server.call('POST', path, { body, headers });
    }
    return server.call('POST', path, { query: { access_token }, body: form === 'texts' ? texts : given });
  };
  /** Calls the versioned API. */
  const versioned = async (method: string, path: string, body?: unknown, appKey: PeopleApp = 'app-one') =>
    server.call(method, path, { body, headers: { 'x-acs-dingtalk-access-token': await tokenOf(appKey) } });
  const console = async (method: string, path: string, body?: unknown): Promise<Reply> =>
    server.call(method, `/console/v1/${path}`, { body, headers: { authorization: `Bearer ${server.adminToken}` } });
  const unionIdOf = async (userid: string, appKey: PeopleApp = 'app-one'): Promise<string> =>
    String(((await old('/topapi/v2/user/get', { userid }, appKey)).body.result as Fields | undefined)?.unionid);
  return { tokenOf, old, versioned, console, unionIdOf };
}

/** The answer's text with the request id and the given values replaced, to compare bytes. */
export function withoutIds({ text, headers }: Reply, ...values: readonly string[]): string {
  const id = String(headers['x-acs-request-id']);
  return values.reduce((rest, value, i) => rest.replaceAll(value, `<${i}>`), text.replaceAll(id, '<id>'));
}
