// A bot with the official SDK, which has https://api.dingtalk.com as a constant. Prints the text of each message.
const [sdk, clientId, clientSecret] = process.argv.slice(2);
const { DWClient, TOPIC_ROBOT } = await import(sdk);

const client = new DWClient({ clientId, clientSecret });
client.registerCallbackListener(TOPIC_ROBOT, ({ data, headers }) => {
  process.stdout.write(`${JSON.parse(data).text.content}\n`);
  client.socketCallBackResponse(headers.messageId, { response: null });
});
await client.connect();
