/**
 * The configuration of a fixture's installation, and the verbs that fill it over the public HTTP surface of the
 * release.
 */

const permissions = ['qyapi_robot_sendmsg'];
const users = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, i) => {
    const userId = `${prefix}${String(i + 1).padStart(2, '0')}`;
    return { userId, name: `${'王李张刘陈杨黄赵'[i % 8]}${'伟芳娜敏静强'[i % 6]} ${userId}` };
  });

export const robots = ['robot-notice', 'robot-limited', 'robot-muted', 'robot-stopped', 'robot-off', 'robot-suite'];

/** The configuration file of a fixture. */
export const setup = {
  organizations: [
    { corpId: 'corp-main', name: '主公司', users: users('m', 24) },
    { corpId: 'corp-side', name: 'Side company', users: users('s', 6) },
    { corpId: 'corp-late', name: 'Company of late messages', users: users('l', 4) },
  ],
  apps: [
    { appKey: 'app-main', appSecret: 'secret-of-app-main', kind: 'internal', corpId: 'corp-main', permissions },
    { appKey: 'app-bare', appSecret: 'secret-of-app-bare', kind: 'internal', corpId: 'corp-main', permissions: [] },
    { appKey: 'app-late', appSecret: 'secret-of-app-late', kind: 'internal', corpId: 'corp-late', permissions },
    {
      appKey: 'app-suite',
      appSecret: 'secret-of-app-suite',
      kind: 'thirdParty',
      authorizedBy: ['corp-main', 'corp-side'],
      permissions,
    },
  ],
  robots: [
    ...['robot-notice', 'robot-limited', 'robot-muted', 'robot-stopped', 'robot-off'].map((robotCode) => ({
      robotCode,
      name: `机器人 ${robotCode}`,
      appKey: 'app-main',
      installedIn: ['corp-main'],
    })),
    { robotCode: 'robot-late', name: 'Late', appKey: 'app-late', installedIn: ['corp-late'] },
    { robotCode: 'robot-suite', name: 'Suite', appKey: 'app-suite', installedIn: ['corp-main', 'corp-side'] },
  ],
};

export const secrets = Object.fromEntries(setup.apps.map(({ appKey, appSecret }) => [appKey, appSecret]));

const buttons = (count: number, title: string, url: string) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      [`${title}${i + 1}`, `按钮 ${i + 1}`],
      [`${url}${i + 1}`, `https://example.com/${i + 1}`],
    ]).flat(),
  );
const card = { title: '标题', text: '# Text of a card' };

/** A message of each kind that the release knows. */
export const kinds: readonly (readonly [msgKey: string, param: object])[] = [
  ['sampleText', { content: '请于今天下班前确认本周的值班安排，谢谢。😀' }],
  ['sampleMarkdown', { title: '标题', text: '# Heading\n\n- one\n- two' }],
  ['sampleImageMsg', { photoURL: 'https://example.com/a.png' }],
  [
    'sampleLink',
    { text: 'Text', title: 'Title', picUrl: 'https://example.com/a.png', messageUrl: 'https://example.com' },
  ],
  ['sampleActionCard', { ...card, singleTitle: '更多', singleURL: 'https://example.com' }],
  ['sampleActionCard2', { ...card, ...buttons(2, 'actionTitle', 'actionURL') }],
  ['sampleActionCard3', { ...card, ...buttons(3, 'actionTitle', 'actionURL') }],
  ['sampleActionCard4', { ...card, ...buttons(4, 'actionTitle', 'actionURL') }],
  ['sampleActionCard5', { ...card, ...buttons(5, 'actionTitle', 'actionURL') }],
  ['sampleActionCard6', { ...card, ...buttons(2, 'buttonTitle', 'buttonUrl') }],
  ['sampleAudio', { mediaId: '@media', duration: '4000' }],
  ['sampleFile', { mediaId: '@media', fileName: '表.xlsx', fileType: 'xlsx' }],
  ['sampleVideo', { videoMediaId: '@media', duration: '10', videoType: 'mp4', picMediaId: '@media' }],
];

export type Fields = Readonly<Record<string, unknown>>;
export type Call = {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};
export type Reply = { readonly status: number; readonly headers: Headers; readonly body: Fields };

export async function exchange(url: string, { method, path, headers = {}, body }: Call): Promise<Reply> {
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const text = body === undefined ? null : JSON.stringify(body);
  const response = await fetch(url + path, { method, headers: { ...type, ...headers }, body: text });
  const answer = await response.text();
  return { status: response.status, headers: response.headers, body: answer ? (JSON.parse(answer) as Fields) : {} };
}

export const adminToken = 'admin-token-of-the-fixture';
export const asOperator = { authorization: `Bearer ${adminToken}` };
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
export const withToken = (token: string) => ({ 'x-acs-dingtalk-access-token': token });

/** Calls of a running release; each has to succeed. */
export function verbs(url: string) {
  const done = async (call: Call): Promise<Fields> => {
    const { status, body } = await exchange(url, call);
    if (status !== 200) throw new Error(`${call.method} ${call.path}: ${status} ${JSON.stringify(body)}`);
    return body;
  };
  const operate = (method: string, path: string, body?: unknown) =>
    done({ method, path: `/console/v1/${path}`, headers: asOperator, body });
  const emulate = (method: string, path: string, body?: unknown) =>
    done({ method, path: `/emulator/v1/${path}`, body });
  return {
    done,
    operate,
    emulate,
    clock: (set: number) => emulate('POST', 'clock', { set }),
    internalToken: async (appKey: string) => {
      const body = { appKey, appSecret: secrets[appKey] };
      return String((await done({ method: 'POST', path: '/v1.0/oauth2/accessToken', body })).accessToken);
    },
    suiteToken: async (corpId: string) => {
      const body = { client_id: 'app-suite', client_secret: secrets['app-suite'], grant_type: 'client_credentials' };
      return String((await done({ method: 'POST', path: `/v1.0/oauth2/${corpId}/token`, body })).access_token);
    },
    send: async (token: string, body: object, headers: Readonly<Record<string, string>> = {}) => {
      const path = '/v1.0/robot/oToMessages/batchSend';
      const sent = await done({ method: 'POST', path, headers: { ...withToken(token), ...headers }, body });
      return String(sent.processQueryKey);
    },
    recall: (token: string, robotCode: string, processQueryKeys: readonly string[]) =>
      done({
        method: 'POST',
        path: '/v1.0/robot/otoMessages/batchRecall',
        headers: withToken(token),
        body: { robotCode, processQueryKeys },
      }),
    signIn: async (corpId: string, userId: string) =>
      String((await done({ method: 'POST', path: '/inbox/v1/sessions', body: { corpId, userId } })).token),
    /** Signs an operator in; returns the cookie. */
    signInOperator: async () => {
      const call = { method: 'POST', path: '/console/v1/sessions', body: { adminToken } };
      const { headers } = await exchange(url, call);
      return headers
        .getSetCookie()
        .map((cookie) => cookie.split(';', 1)[0])
        .join('; ');
    },
  };
}

export type Verbs = ReturnType<typeof verbs>;
