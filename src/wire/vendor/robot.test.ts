import { expect, test } from 'vitest';
import * as oauth from './oauth.ts';
import * as robot from './robot.ts';

test.each([
  ['accessToken', oauth.accessTokenBody, ['appKey', 'appSecret']],
  ['corpAccessToken', oauth.corpAccessTokenBody, ['suiteKey', 'suiteSecret', 'authCorpId', 'suiteTicket']],
  ['token', oauth.tokenBody, ['client_id', 'client_secret', 'grant_type']],
  ['batchSend', robot.batchSendBody, ['robotCode', 'userIds', 'msgKey', 'msgParam']],
  ['batchRecall', robot.batchRecallBody, ['robotCode', 'processQueryKeys']],
] as const)('%s names its required fields in the order in which they are checked', (_, schema, fields) => {
  expect(Object.keys(schema.shape)).toEqual(fields);
});

test('schemas do not check limits that have an error code of their own', () => {
  const body = { robotCode: '', userIds: Array(21).fill('u'), msgKey: 'no', msgParam: '' };
  expect(robot.batchSendBody.parse(body)).toEqual(body);
});

test('a readTimestamp may be absent from a read status', () => {
  const item = { name: '曲大岳', userId: '201382020', readStatus: 'UNREAD' };
  const answer = { sendStatus: 'SUCCESS', messageReadInfoList: [item] };
  expect(robot.readStatusAnswer.parse(answer)).toEqual(answer);
});
