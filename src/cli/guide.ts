import { firstSender, type Sender } from '../config/demo.ts';
import type { Setup, SetupUser } from '../config/setup.ts';
import type { Running } from '../server.ts';
import type { Line } from './output.ts';

/** What a newcomer needs for the first message; all but the first two are missing when the setup has no internal app that can send. */
export type Trial = {
  readonly url: string;
  readonly adminToken: string | undefined;
  readonly corpId?: string;
  readonly appKey?: string;
  readonly appSecret?: string;
  readonly robotCode?: string;
  readonly recipient?: SetupUser;
  /** Shell commands; `read` and `readStatus` take the processQueryKey from the variable KEY. */
  readonly curl?: { readonly send: string; readonly read: string; readonly readStatus: string };
};

/** Gathers the facts that `dev` prints, from the first internal app with a robot and a user to send to. */
export function trial({ url, adminToken }: Pick<Running, 'url' | 'adminToken'>, setup: Setup): Trial {
  const sender = firstSender(setup);
  if (!sender) return { url, adminToken };
  const { app, robot, recipient } = sender;
  const { corpId = '', appKey, appSecret } = app;
  const { robotCode } = robot;
  const curl = { send: sendLine(url, sender), read: readLine(url), readStatus: statusLine(url, sender) };
  return { url, adminToken, corpId, appKey, appSecret, robotCode, recipient, curl };
}

/** The token travels from one curl to the next as a header line on standard input, so that one pasted line does it all. */
function tokenLine(url: string, { app: { appKey, appSecret } }: Sender): string {
  const ask = `curl -s ${word(`${url}/v1.0/oauth2/accessToken`)} ${jsonBody({ appKey, appSecret })}`;
  return `${ask} | sed 's/.*"accessToken":"\\([^"]*\\)".*/x-acs-dingtalk-access-token: \\1/'`;
}

function sendLine(url: string, sender: Sender): string {
  const msgParam = JSON.stringify({ content: '你好' });
  const { robotCode } = sender.robot;
  const body = { robotCode, userIds: [sender.recipient.userId], msgKey: 'sampleText', msgParam };
  return `${tokenLine(url, sender)} | curl -s ${word(`${url}/v1.0/robot/oToMessages/batchSend`)} -H @- ${jsonBody(body)}`;
}

function readLine(url: string): string {
  return `curl -s ${word(`${url}/emulator/v1/reads`)} -H 'content-type: application/json' -d '{"processQueryKey":"'"$KEY"'"}'`;
}

/** The key holds `+`, `/` and `=`, hence --data-urlencode. */
function statusLine(url: string, sender: Sender): string {
  const query = `--data-urlencode ${quoted(`robotCode=${sender.robot.robotCode}`)} --data-urlencode "processQueryKey=$KEY"`;
  return `${tokenLine(url, sender)} | curl -sG ${word(`${url}/v1.0/robot/oToMessages/readStatus`)} -H @- ${query}`;
}

/** Brackets, as in an IPv6 address, mean something to some shells. */
const word = (text: string) => (/^[\w:./-]+$/.test(text) ? text : quoted(text));

const jsonBody = (body: object) => `-H 'content-type: application/json' -d ${quoted(JSON.stringify(body))}`;

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** The facts for people: what to put into an SDK, and three commands to paste one after the other. */
export function guide({ url, adminToken = '', curl, ...facts }: Trial): readonly Line[] {
  const strong = (text: string): Line => ({ strong: text });
  const { host } = new URL(url);
  const rows = [
    ['endpoint', `${host}, protocol http   (for the vendor's SDKs)`],
    ['appKey', facts.appKey],
    ['appSecret', facts.appSecret],
    ['robotCode', facts.robotCode],
    ['admin token', adminToken],
  ];
  const table = rows.flatMap(([label = '', value]) => (value ? [`  ${label.padEnd(13)}${value}`] : []));
  const head = [strong(`huizhi dev listens on ${url}`), '', ...table, ''];
  const who = facts.recipient && `${facts.recipient.name} (${facts.recipient.userId})`;
  const steps = curl
    ? [
        ...[strong(`Send a message to ${who}:`), '', curl.send, ''],
        ...[strong('Then put the processQueryKey it answers here, let everyone read, and ask who has:'), ''],
        ...["KEY='…'", curl.read, curl.readStatus, ''],
      ]
    : [];
  return [...head, ...steps, `API reference: ${url}/docs   Stop with Ctrl+C.`];
}
