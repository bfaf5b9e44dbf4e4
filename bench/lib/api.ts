import { Agent, request } from 'node:http';

/** The response to a call. */
export type Reply = { readonly status: number; readonly text: string; readonly milliseconds: number };

const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const tokenHeader = 'x-acs-dingtalk-access-token';

/** Makes one call over a keep-alive connection. */
export function call(url: string, headers: Readonly<Record<string, string>> = {}, body?: object): Promise<Reply> {
  const started = performance.now();
  const text = body && JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method: body ? 'POST' : 'GET', headers }, (answer) => {
      let read = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        read += chunk;
      });
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, text: read, milliseconds: performance.now() - started }),
      );
    });
    sent.on('error', reject);
    if (text !== undefined) sent.setHeader('content-type', 'application/json');
    sent.end(text);
  });
}

async function callOk(url: string, headers: Readonly<Record<string, string>>, body?: object): Promise<string> {
  const { status, text } = await call(url, headers, body);
  if (status !== 200) throw new Error(`${url} answered ${status}: ${text}`);
  return text;
}

/** The headers of a caller: gets a token for an app's credentials. */
export async function signIn(url: string, appKey: string, appSecret: string): Promise<Record<string, string>> {
  const text = await callOk(`${url}/v1.0/oauth2/accessToken`, {}, { appKey, appSecret });
  return { [tokenHeader]: (JSON.parse(text) as { accessToken: string }).accessToken };
}

/** Sends one text message; returns its processQueryKey. */
export async function sendText(
  url: string,
  headers: Readonly<Record<string, string>>,
  robotCode: string,
  userIds: readonly string[],
  content = '你好',
): Promise<string> {
  const body = { robotCode, userIds, msgKey: 'sampleText', msgParam: JSON.stringify({ content }) };
  const text = await callOk(`${url}/v1.0/robot/oToMessages/batchSend`, headers, body);
  return (JSON.parse(text) as { processQueryKey: string }).processQueryKey;
}

/** The path of a readStatus call. */
export function readStatusPath(robotCode: string, key: string): string {
  return `/v1.0/robot/oToMessages/readStatus?robotCode=${robotCode}&processQueryKey=${encodeURIComponent(key)}`;
}

/** Requests a receipt once, and throws unless the response is one. */
export async function readStatus(
  url: string,
  headers: Readonly<Record<string, string>>,
  robotCode: string,
  key: string,
): Promise<string> {
  const text = await callOk(url + readStatusPath(robotCode, key), headers);
  if (!text.includes('"messageReadInfoList"')) throw new Error(`readStatus answered ${text}`);
  return text;
}
