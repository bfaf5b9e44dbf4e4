import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Huizhi, startHuizhi } from '../huizhi.ts';
import { type RawRequest, rawRequests } from './requests.ts';
import { openConnection, type RawConnection } from './socket.ts';

let huizhi: Huizhi;
let connection: RawConnection;
let requests: readonly RawRequest[];

beforeAll(async () => {
  huizhi = await startHuizhi();
  connection = await openConnection(huizhi.endpoint);
  const { endpoint } = huizhi;
  const { accessToken: token } = await post('/v1.0/oauth2/accessToken', {
    appKey: 'dingappinternal',
    appSecret: 's3cret-internal',
  });
  const send = {
    robotCode: 'dingzxcifuvdfbvegdf',
    userIds: ['user001'],
    msgKey: 'sampleText',
    msgParam: '{"content":"hello"}',
  };
  const { processQueryKey: key } = await post('/v1.0/robot/oToMessages/batchSend', send, token);
  requests = rawRequests({ host: endpoint, token: String(token), key: encodeURIComponent(String(key)) });
});

afterAll(async () => {
  connection.close();
  await huizhi.stop();
});

async function post(path: string, body: object, token?: unknown): Promise<Record<string, unknown>> {
  const headers = {
    'content-type': 'application/json',
    ...(token ? { 'x-acs-dingtalk-access-token': String(token) } : {}),
  };
  const answer = await fetch(`http://${huizhi.endpoint}${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  return (await answer.json()) as Record<string, unknown>;
}

// The table is needed before the server runs, for its names; values of the server are filled in later.
const names = rawRequests({ host: '', token: '', key: '' }).map(({ client, says }) => `${client} ${says}`);

describe('the SDKs of other languages, replayed over one connection', () => {
  for (const [index, name] of names.entries()) {
    test(name, async () => {
      const { head, body, waits, status, answer } = requests[index] as RawRequest;
      const received = await connection.exchange(`${head.join('\r\n')}\r\n\r\n`, body, waits);
      expect(received.continued).toBe(waits === true);
      expect(received.status).toBe(status);
      expect(received.headers).toMatch(/^content-type: application\/json;charset=utf-8$/im);
      expect(JSON.parse(received.body)).toMatchObject(answer);
    });
  }
});
