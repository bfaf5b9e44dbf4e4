/** A bot with the adapter of Koishi: sends, queries and recalls messages, and answers one that it receives. */
const { createHmac } = require('node:crypto');
const { Context, HTTP } = require('@satorijs/core');
const { Server } = require('@cordisjs/plugin-server');
const { DingtalkBot } = require('@satorijs/adapter-dingtalk');

const { url, appKey, appSecret, openConversationId, incoming } = JSON.parse(process.argv[2]);

/** Starts a bot, which receives messages on a port of its own. */
async function startBot() {
  const app = new Context();
  app.plugin(HTTP);
  app.plugin(Server, { host: '127.0.0.1', port: 45_000 + (process.pid % 10_000), maxPort: 65_000 });
  const account = { protocol: 'http', appkey: appKey, secret: appSecret, agentId: 3_000_000_001 };
  const endpoints = { api: { endpoint: `${url}/v1.0/` }, oldApi: { endpoint: `${url}/` } };
  app.plugin(DingtalkBot, { ...account, ...endpoints });
  const isOnline = new Promise((resolve) => {
    app.on('login-updated', ({ bot }) => bot.status === 1 && resolve());
  });
  await app.start();
  await isOnline;
  return { app, bot: app.bots[0] };
}

/** Delivers a message to the bot, signed as the vendor signs it. */
async function deliver({ server }, body) {
  const timestamp = String(Date.now());
  const sign = createHmac('sha256', appSecret).update(`${timestamp}\n${appSecret}`).digest('base64');
  const headers = { 'content-type': 'application/json', timestamp, sign };
  await fetch(`http://127.0.0.1:${server.port}/dingtalk`, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function play() {
  const { app, bot } = await startBot();
  const { batchSendOTO, batchOTOQuery, orgGroupSend } = bindCalls(bot);
  const group = { robotCode: appKey, openConversationId, msgKey: 'sampleMarkdown' };
  const msgParam = JSON.stringify({ title: '告警', text: '**磁盘**已满' });
  const { processQueryKey: groupKey } = await orgGroupSend({ ...group, msgParam });
  const { processQueryKey: wrongKey } = await orgGroupSend({ ...group, msgParam });
  await bot.deleteMessage(openConversationId, wrongKey);
  const person = { robotCode: appKey, msgKey: 'sampleText' };
  const send = (userId, content) =>
    batchSendOTO({ ...person, userIds: [userId], msgParam: JSON.stringify({ content }) });
  const { processQueryKey } = await send('user002', '你好');
  const { sendStatus } = await batchOTOQuery({ robotCode: appKey, processQueryKey });
  const replied = new Promise((resolve, reject) => {
    app.on('message', ({ userId, content }) => send(userId, `收到：${content}`).then(resolve, reject));
  });
  await deliver(app, incoming);
  await replied;
  // The adapter sends its own elements as Markdown without a title, which the vendor refuses, too.
  const refusal = await bot.sendMessage(openConversationId, '<b>磁盘</b>').catch((error) => describeErrors(error));
  process.stdout.write(JSON.stringify({ groupKey, wrongKey, sendStatus, refusal }), () => process.exit(0));
}

const bindCalls = ({ internal }) =>
  Object.fromEntries(
    ['batchSendOTO', 'batchOTOQuery', 'orgGroupSend'].map((name) => [name, (...args) => internal[name](...args)]),
  );

const describeErrors = (error) => [error, ...(error.errors ?? [])].map(String).join('\n');

void play();
