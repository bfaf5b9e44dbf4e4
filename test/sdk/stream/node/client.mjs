// A client of Stream mode with the official SDK. Prints each push as a line of JSON and acknowledges it.
const { HUIZHI, CLIENT_ID: clientId, CLIENT_SECRET: clientSecret, SDK = '' } = process.env;
const { DWClient, TOPIC_ROBOT } = await import(SDK);

// The host of the gateway is a constant of the SDK; this is the method that calls it.
class Client extends DWClient {
  async getEndpoint() {
    const { ua, subscriptions } = this.config;
    const response = await fetch(`${HUIZHI}/v1.0/gateway/connections/open`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ clientId, clientSecret, ua, subscriptions }),
    });
    if (!response.ok) throw new Error(await response.text());
    const { endpoint, ticket } = await response.json();
    this.dw_url = `${endpoint}?ticket=${ticket}`;
    return this;
  }
}

const report = ({ type, data }) => process.stdout.write(`${JSON.stringify({ type, data: JSON.parse(data) })}\n`);
const client = new Client({ clientId, clientSecret, keepAlive: true });
client.registerCallbackListener(TOPIC_ROBOT, (message) => {
  report(message);
  client.socketCallBackResponse(message.headers.messageId, { status: 'OK' });
});
client.registerAllEventListener((message) => {
  report(message);
  return { status: message.headers.eventType === 'later' ? 'LATER' : 'SUCCESS' };
});
await client.connect();
