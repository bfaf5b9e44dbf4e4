/** Receives encrypted HTTP pushes with dingtalk-encrypt: registers an address, and gets the read of a message. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import DingTalkEncryptor from 'dingtalk-encrypt';

const { url, corpId, appKey, appSecret } = JSON.parse(process.argv[2]);
const token = 'token-of-push';
const aesKey = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
const encryptor = new DingTalkEncryptor(token, aesKey, corpId);

const events = [];
const server = createServer(async (request, response) => {
  const query = new URL(request.url, url).searchParams;
  const [timestamp, nonce] = [query.get('timestamp'), query.get('nonce')];
  const { encrypt } = JSON.parse(await new Response(request).text());
  events.push(JSON.parse(encryptor.getDecryptMsg(query.get('signature'), timestamp, nonce, encrypt)));
  response.end(JSON.stringify(encryptor.getEncryptedMap('success', Number(timestamp), nonce)), () => {
    server.emit('pushed');
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');

const ask = async (path, body, headers = {}) => {
  const init = {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  };
  return (await fetch(`${url}${path}`, body ? init : {})).json();
};
const { access_token } = await ask(`/gettoken?appkey=${appKey}&appsecret=${appSecret}`);
const call_back_tag = ['robot_msg_read'];
const address = `http://127.0.0.1:${server.address().port}/events`;
const registered = await ask(`/call_back/register_call_back?access_token=${access_token}`, {
  ...{ call_back_tag, token, aes_key: aesKey, url: address },
});
const message = { robotCode: appKey, userIds: ['user001'], msgKey: 'sampleText', msgParam: '{"content":"推送"}' };
const headers = { 'x-acs-dingtalk-access-token': access_token };
const { processQueryKey } = await ask('/v1.0/robot/oToMessages/batchSend', message, headers);
const pushed = once(server, 'pushed');
await ask('/emulator/v1/reads', { processQueryKey });
await pushed;
await ask(`/call_back/delete_call_back?access_token=${access_token}`);
server.close();
process.stdout.write(JSON.stringify({ registered, processQueryKey, events }));
