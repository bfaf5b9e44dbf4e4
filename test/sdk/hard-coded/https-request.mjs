import { request } from 'node:https';
import { text } from 'node:stream/consumers';

const headers = { 'content-type': 'application/json' };
const call = request('https://api.dingtalk.com/v1.0/oauth2/accessToken', { method: 'POST', headers }, async (answer) =>
  process.stdout.write(await text(answer)),
);
call.end(JSON.stringify({ appKey: 'dingappinternal', appSecret: 's3cret-internal' }));
