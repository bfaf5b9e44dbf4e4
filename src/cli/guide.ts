import { findFirstGroup, findFirstSender, type Sender } from '../config/demo.ts';
import type { Setup, SetupUser } from '../config/setup.ts';
import type { Running } from '../server.ts';
import type { Line } from './output.ts';

/**
 * What a user needs to send the first message. If no internal app of the setup can send, only `url` and `adminToken`
 * are present.
 */
export type StartInfo = {
  readonly url: string;
  readonly adminToken: string | undefined;
  readonly corpId?: string;
  readonly appKey?: string;
  readonly appSecret?: string;
  readonly robotCode?: string;
  readonly recipient?: SetupUser;
  /** The users to whom the robot can send. */
  readonly userIds?: readonly string[];
  /** A group that the robot is in, if the setup has one. */
  readonly openConversationId?: string;
  /** The first custom robot of that group: its webhook, and the secret for signatures. */
  readonly webhook?: string;
  readonly webhookSecret?: string;
  /** Shell commands. `read` and `readStatus` expect the processQueryKey in the shell variable KEY. */
  readonly curl?: { readonly send: string; readonly read: string; readonly readStatus: string };
};

/** Collects what `dev` prints: the URL, and the credentials of the first internal app with a robot and a recipient. */
export async function collectStartInfo(
  { url, adminToken, findGroupId, findWebhook }: Pick<Running, 'url' | 'adminToken' | 'findGroupId' | 'findWebhook'>,
  setup: Setup,
): Promise<StartInfo> {
  const sender = findFirstSender(setup);
  if (!sender) return { url, adminToken };
  const { app, robot, recipient, userIds } = sender;
  const { corpId = '', appKey, appSecret } = app;
  const { robotCode } = robot;
  const group = findFirstGroup(setup, sender);
  const openConversationId = group && (await findGroupId(corpId, group.name));
  const curl = {
    send: renderSendCommand(url, sender),
    read: renderReadCommand(url),
    readStatus: renderStatusCommand(url, sender),
  };
  const [customRobot] = group?.customRobots ?? [];
  const webhook = customRobot && (await findWebhook(corpId, customRobot.robotCode));
  const first = {
    ...(openConversationId !== undefined && { openConversationId }),
    ...(webhook && { webhook: `${url}${webhook.path}` }),
    ...(webhook?.secret != null && { webhookSecret: webhook.secret }),
  };
  return { url, adminToken, corpId, appKey, appSecret, robotCode, recipient, userIds, ...first, curl };
}

/** Gets a token and pipes it to the next curl as a header line, so that one pasted line makes both calls. */
function renderTokenCommand(url: string, { app: { appKey, appSecret } }: Sender): string {
  const request = `curl -s ${quoteIfNeeded(`${url}/v1.0/oauth2/accessToken`)} ${renderJsonBody({ appKey, appSecret })}`;
  return `${request} | sed 's/.*"accessToken":"\\([^"]*\\)".*/x-acs-dingtalk-access-token: \\1/'`;
}

function renderSendCommand(url: string, sender: Sender): string {
  const msgParam = JSON.stringify({ content: '你好' });
  const { robotCode } = sender.robot;
  const body = { robotCode, userIds: [sender.recipient.userId], msgKey: 'sampleText', msgParam };
  return `${renderTokenCommand(url, sender)} | curl -s ${quoteIfNeeded(`${url}/v1.0/robot/oToMessages/batchSend`)} -H @- ${renderJsonBody(body)}`;
}

function renderReadCommand(url: string): string {
  return `curl -s ${quoteIfNeeded(`${url}/emulator/v1/reads`)} -H 'content-type: application/json' -d '{"processQueryKey":"'"$KEY"'"}'`;
}

/** A processQueryKey contains `+`, `/` and `=`, so the command uses --data-urlencode. */
function renderStatusCommand(url: string, sender: Sender): string {
  const query = `--data-urlencode ${quote(`robotCode=${sender.robot.robotCode}`)} --data-urlencode "processQueryKey=$KEY"`;
  return `${renderTokenCommand(url, sender)} | curl -sG ${quoteIfNeeded(`${url}/v1.0/robot/oToMessages/readStatus`)} -H @- ${query}`;
}

/** Some shells expand the brackets of an IPv6 address, so a URL with brackets is quoted. */
const quoteIfNeeded = (text: string) => (/^[\w:./-]+$/.test(text) ? text : quote(text));

const renderJsonBody = (body: object) => `-H 'content-type: application/json' -d ${quote(JSON.stringify(body))}`;

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** Renders the facts for the terminal: the settings for an SDK, and three commands to paste in turn. */
export function renderGuide({ url, adminToken = '', curl, ...facts }: StartInfo): readonly Line[] {
  const markStrong = (text: string): Line => ({ strong: text });
  const { host, protocol } = new URL(url);
  const rows = [
    ['endpoint', `${host}, protocol ${protocol.slice(0, -1)}   (for the vendor's SDKs)`],
    ['appKey', facts.appKey],
    ['appSecret', facts.appSecret],
    ['robotCode', facts.robotCode],
    ['group', facts.openConversationId && `${facts.openConversationId}   (its openConversationId)`],
    ['webhook', facts.webhook],
    ['secret', facts.webhookSecret && `${facts.webhookSecret}   (signs messages to the webhook)`],
    ['admin token', adminToken],
  ];
  const table = rows.flatMap(([label = '', value]) => (value ? [`  ${label.padEnd(13)}${value}`] : []));
  const head = [markStrong(`huizhi dev listens on ${url}`), '', ...table, ''];
  const who = facts.recipient && `${facts.recipient.name} (${facts.recipient.userId})`;
  const steps = curl
    ? [
        ...[markStrong(`Send a message to ${who}:`), '', curl.send, ''],
        ...[
          markStrong(
            'Then set KEY to the returned processQueryKey, mark the message as read, and query who has read it:',
          ),
          '',
        ],
        ...["KEY='…'", curl.read, curl.readStatus, ''],
      ]
    : [];
  return [...head, ...steps, `API reference: ${url}/docs   Stop with Ctrl+C.`];
}
