/**
 * What the SDKs of three more languages send, byte by byte. PHP was recorded from Guzzle 7.4 with PHP 8.2, C++ from
 * libcurl 7.88 with the options that its runtime sets; C# was written from its runtime's source and Microsoft's
 * documentation. COMPATIBILITY.md names the sources.
 */

/** Values that only the running server has. `key` is a processQueryKey, percent-encoded. */
export type Values = { readonly host: string; readonly token: string; readonly key: string };

export type RawRequest = {
  readonly client: string;
  readonly says: string;
  /** Request line and headers. */
  readonly head: readonly string[];
  readonly body?: string;
  /** The body waits for the server's `100 Continue`. */
  readonly waits?: true;
  readonly status: number;
  /** The expected members of the response. */
  readonly answer: Readonly<Record<string, unknown>>;
};

const login = '{"appKey":"dingappinternal","appSecret":"s3cret-internal"}';
const message =
  '{"msgKey":"sampleText","msgParam":"{\\"content\\":\\"hello\\"}","robotCode":"dingzxcifuvdfbvegdf","userIds":["user001","nobody"]}';

const sent = { invalidStaffIdList: ['nobody'] };
const unread = { messageReadInfoList: [{ userId: 'user001', readStatus: 'UNREAD' }] };
const json = 'application/json; charset=utf-8';

export function rawRequests(values: Values): readonly RawRequest[] {
  return [...php(values), ...csharp(values), ...cpp(values)];
}

function php({ host, token, key }: Values): readonly RawRequest[] {
  const common = [
    `Host: ${host}`,
    'user-agent: AlibabaCloud (Linux; cli) PHP/8.2.36 Core/3.1 TeaDSL/1',
    'accept: application/json',
  ];
  const withToken = [...common, `x-acs-dingtalk-access-token: ${token}`];
  const client = 'PHP';
  const status = 'GET /v1.0/robot/oToMessages/readStatus';
  return [
    {
      client,
      says: 'sends lower-case header names and a length',
      head: ['POST /v1.0/oauth2/accessToken HTTP/1.1', ...common, `content-type: ${json}`, 'Content-Length: 58'],
      body: login,
      status: 200,
      answer: { accessToken: token },
    },
    {
      client,
      says: 'sends a message',
      head: [
        'POST /v1.0/robot/oToMessages/batchSend HTTP/1.1',
        ...withToken,
        `content-type: ${json}`,
        'Content-Length: 125',
      ],
      body: message,
      status: 200,
      answer: sent,
    },
    {
      client,
      says: 'encodes the query as a form',
      head: [`${status}?processQueryKey=${key}&robotCode=dingzxcifuvdfbvegdf HTTP/1.1`, ...withToken],
      status: 200,
      answer: unread,
    },
    {
      client,
      says: 'sends a blank as a plus sign',
      head: [`${status}?processQueryKey=${key}&robotCode=+ HTTP/1.1`, ...withToken],
      status: 400,
      answer: { code: 'invalidParameter.robotCode.empty' },
    },
    {
      client,
      says: 'of 2022 puts the token in quotation marks, which the real service refuses',
      head: [
        `${status}?processQueryKey=${key}&robotCode=dingzxcifuvdfbvegdf HTTP/1.1`,
        ...common,
        `x-acs-dingtalk-access-token: "${token}"`,
      ],
      status: 400,
      answer: { code: 'InvalidAuthentication', message: '不合法的access_token' },
    },
    {
      client,
      says: 'with an outdated core sends JSON as a form, which the real service refuses',
      head: [
        'POST /v1.0/oauth2/accessToken HTTP/1.1',
        ...common,
        'Content-Type: application/x-www-form-urlencoded',
        'Content-Length: 58',
      ],
      body: login,
      status: 400,
      answer: { code: 'Missingbody', message: 'body is mandatory for this action.' },
    },
  ];
}

function csharp({ host, token, key }: Values): readonly RawRequest[] {
  const agent = 'AlibabaCloud (Unix 6.1.0; X64) .NET/8.0.0 Core/1.1.1 TeaDSL/1';
  const common = [`Host: ${host}`, `User-Agent: ${agent}`, 'Accept: application/json'];
  const withToken = [...common, `x-acs-dingtalk-access-token: ${token}`];
  const framework = [
    'user-agent: AlibabaCloud (Microsoft Windows NT 10.0; X64) .NET/4.8 TeaDSL/1',
    'accept: application/json',
  ];
  const status = 'GET /v1.0/robot/oToMessages/readStatus';
  return [
    {
      client: 'C# on .NET',
      says: 'writes the headers that it knows in their canonical case',
      head: ['POST /v1.0/oauth2/accessToken HTTP/1.1', ...common, `Content-Type: ${json}`, 'Content-Length: 58'],
      body: login,
      status: 200,
      answer: { accessToken: token },
    },
    {
      client: 'C# on .NET',
      says: 'percent-encodes the query',
      head: [`${status}?processQueryKey=${key}&robotCode=dingzxcifuvdfbvegdf HTTP/1.1`, ...withToken],
      status: 200,
      answer: unread,
    },
    {
      client: 'C# on .NET',
      says: 'leaves a blank parameter out, so that it is missing instead of empty',
      head: [`${status}?processQueryKey=${key} HTTP/1.1`, ...withToken],
      status: 400,
      answer: { code: 'invalidParameter.robotCode.missing' },
    },
    {
      client: 'C# on .NET Framework',
      says: 'keeps the body back until the server says 100 Continue',
      head: [
        'POST /v1.0/robot/oToMessages/batchSend HTTP/1.1',
        ...framework,
        `x-acs-dingtalk-access-token: ${token}`,
        `Content-Type: ${json}`,
        `Host: ${host}`,
        'Content-Length: 125',
        'Expect: 100-continue',
        'Connection: Keep-Alive',
      ],
      body: message,
      waits: true,
      status: 200,
      answer: sent,
    },
  ];
}

function cpp({ host, token, key }: Values): readonly RawRequest[] {
  const agent = 'user-agent: AlibabaCloud (Linux; x86_64) Core/0.0.1 TeaDSL/2';
  const chunked = [
    `Host: ${host}`,
    'Transfer-Encoding: chunked',
    'accept: application/json',
    `content-type: ${json}`,
    agent,
  ];
  const withToken = `x-acs-dingtalk-access-token: ${token}`;
  return [
    {
      client: 'C++',
      says: 'sends chunks without a length, after 100 Continue',
      head: ['POST /v1.0/oauth2/accessToken HTTP/1.1', ...chunked, 'Expect: 100-continue'],
      body: `3a\r\n${login}\r\n0\r\n\r\n`,
      waits: true,
      status: 200,
      answer: { accessToken: token },
    },
    {
      client: 'C++',
      says: 'sends a message in chunks',
      head: ['POST /v1.0/robot/oToMessages/batchSend HTTP/1.1', ...chunked, withToken, 'Expect: 100-continue'],
      body: `7d\r\n${message}\r\n0\r\n\r\n`,
      waits: true,
      status: 200,
      answer: sent,
    },
    {
      client: 'C++',
      says: 'sorts parameters and headers',
      head: [
        `GET /v1.0/robot/oToMessages/readStatus?processQueryKey=${key}&robotCode=dingzxcifuvdfbvegdf HTTP/1.1`,
        `Host: ${host}`,
        'accept: application/json',
        agent,
        withToken,
      ],
      status: 200,
      answer: unread,
    },
  ];
}
