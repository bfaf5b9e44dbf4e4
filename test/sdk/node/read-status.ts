/** Sends to two people and prints who has read; with a processQueryKey as its argument it only prints. */

// [how-to]
import { oauth2_1_0, robot_1_0 } from '@alicloud/dingtalk';
import { Config } from '@alicloud/openapi-client';
import { RuntimeOptions } from '@alicloud/tea-util';

// Without these two the SDK calls https://api.dingtalk.com. Nothing else changes.
const config = new Config({ protocol: 'http', endpoint: process.env.HUIZHI ?? '127.0.0.1:8720' });

const robotCode = 'dingzxcifuvdfbvegdf';
const robot = new robot_1_0.default(config);

async function accessToken(): Promise<string | undefined> {
  const request = new oauth2_1_0.GetAccessTokenRequest({ appKey: 'dingappinternal', appSecret: 's3cret-internal' });
  const { body } = await new oauth2_1_0.default(config).getAccessToken(request);
  return body?.accessToken;
}

async function send(token: string | undefined): Promise<string | undefined> {
  const headers = new robot_1_0.BatchSendOTOHeaders({ xAcsDingtalkAccessToken: token });
  const request = new robot_1_0.BatchSendOTORequest({
    robotCode,
    userIds: ['user001', 'user002'],
    msgKey: 'sampleText',
    msgParam: '{"content": "hello"}',
  });
  const { body } = await robot.batchSendOTOWithOptions(request, headers, new RuntimeOptions());
  return body?.processQueryKey;
}

async function printReadStatus(token: string | undefined, processQueryKey: string | undefined): Promise<void> {
  const headers = new robot_1_0.BatchOTOQueryHeaders({ xAcsDingtalkAccessToken: token });
  const request = new robot_1_0.BatchOTOQueryRequest({ robotCode, processQueryKey });
  try {
    const { body } = await robot.batchOTOQueryWithOptions(request, headers, new RuntimeOptions());
    for (const person of body?.messageReadInfoList ?? []) console.log(person.userId, person.readStatus);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    console.log(error.code);
  }
}

export async function main(processQueryKey?: string): Promise<void> {
  const token = await accessToken();
  const key = processQueryKey ?? (await send(token));
  if (processQueryKey === undefined) console.log('processQueryKey', key);
  await printReadStatus(token, key);
}

if (import.meta.filename === process.argv[1]) await main(process.argv[2]);
// [/how-to]
