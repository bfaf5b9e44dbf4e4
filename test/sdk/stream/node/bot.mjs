// A bot with the official SDK, unchanged: it has the vendor's hosts as constants. Prints what it gets as lines of JSON.
const { CLIENT_ID: clientId, CLIENT_SECRET: clientSecret, SDK = 'dingtalk-stream' } = process.env;
const { DWClient, TOPIC_CARD, TOPIC_ROBOT } = await import(SDK);

const report = ({ type, headers, data }) => {
  const message = JSON.parse(data);
  process.stdout.write(
    `${JSON.stringify({ type, topic: headers.topic, eventType: headers.eventType, data: message })}\n`,
  );
  return message;
};

const client = new DWClient({ clientId, clientSecret });

async function onMessage(message) {
  const { msgtype, text, sessionWebhook } = report(message);
  await fetch(sessionWebhook, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-acs-dingtalk-access-token': await client.getAccessToken() },
    body: JSON.stringify({ msgtype: 'text', text: { content: `echo: ${text ? text.content.trim() : msgtype}` } }),
  });
  client.socketCallBackResponse(message.headers.messageId, { status: 'OK' });
}

client
  .registerCallbackListener(TOPIC_ROBOT, (message) => void onMessage(message))
  .registerCallbackListener(TOPIC_CARD, (message) => {
    report(message);
    client.socketCallBackResponse(message.headers.messageId, { cardData: { cardParamMap: { answer: 'clicked' } } });
  })
  .registerAllEventListener((message) => ({ status: report(message).userId === 'bob' ? 'LATER' : 'SUCCESS' }));
await client.connect();
