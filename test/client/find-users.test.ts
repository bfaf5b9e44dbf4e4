import { describe, expect, test } from 'vitest';
import { ApiError, type ClientOptions, createClient } from '../../src/client/index.ts';
import { fileServer } from '../conformance/support/harness.ts';
import { peopleSetup } from '../conformance/support/people.ts';
import { rejection } from './setting.ts';

const server = await fileServer({ setup: peopleSetup, mayFail: true });

const clientOf = (appKey: string, options: Partial<ClientOptions> = {}) =>
  createClient({ endpoint: server.url, appKey, appSecret: `secret-of-${appKey}`, ...options });

describe('findUsers', () => {
  test('finds the users of one or several mobiles', async () => {
    const client = clientOf('app-one');
    expect(await client.findUsers('13800000001')).toEqual({
      found: [{ mobile: '13800000001', userId: 'ann' }],
      unknown: [],
    });
    expect(await client.findUsers(['13700000001', '+852-51234567', 'nonsense', '13700000001'])).toEqual({
      found: [{ mobile: '+852-51234567', userId: 'bob' }],
      unknown: ['13700000001', 'nonsense'],
    });
    expect(await client.findUsers([])).toEqual({ found: [], unknown: [] });
  });

  test('sends the token and the number in the body, not in the URL, and to the vendor’s old host', async () => {
    const requests: { url: string; body: string; header: string | null }[] = [];
    const client = clientOf('app-one', {
      endpoint: 'https://api.dingtalk.com',
      fetch: (url, init) => {
        requests.push({
          url,
          body: String(init.body),
          header: new Headers(init.headers).get('x-acs-dingtalk-access-token'),
        });
        return fetch(url.replace(/https:\/\/o?api\.dingtalk\.com/, server.url), init);
      },
    });
    expect((await client.findUsers('13800000001')).found).toHaveLength(1);
    const [token, search] = requests;
    expect(token?.url).toBe('https://api.dingtalk.com/v1.0/oauth2/accessToken');
    expect(search).toEqual({
      url: 'https://oapi.dingtalk.com/topapi/v2/user/getbymobile',
      body: expect.stringMatching(/^access_token=[^&]+&mobile=13800000001$/),
      header: null,
    });
  });

  test('rejects when the app lacks the permission, and names the code of the error reference', async () => {
    const error = await rejection(clientOf('app-bare').findUsers('13800000001'));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      code: 'Forbidden.AccessDenied.AccessTokenPermissionDenied',
      requestId: expect.stringMatching(/^[0-9A-F-]{36}$/),
    });
  });

  test('gets another token when the server rejects the one it has', async () => {
    const tokens = ['forged'];
    const client = createClient({
      endpoint: server.url,
      token: async () => {
        const query = new URLSearchParams({ appkey: 'app-one', appsecret: 'secret-of-app-one' });
        const answer = (await (await fetch(`${server.url}/gettoken?${query}`)).json()) as { access_token: string };
        return tokens.pop() ?? answer.access_token;
      },
    });
    expect((await client.findUsers('13800000001')).found).toHaveLength(1);
    expect(tokens).toEqual([]);
  });

  test('throws a TypeError for anything that is no mobile', async () => {
    const client = clientOf('app-one');
    for (const wrong of ['', 138, null, [''], [138]])
      expect(await rejection(client.findUsers(wrong as string))).toBeInstanceOf(TypeError);
    expect(await rejection(client.findUsers('1', { robot: 'x' } as object))).toBeInstanceOf(TypeError);
  });
});
