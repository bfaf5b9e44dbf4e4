import type { Api } from './document.ts';
import { group, mobiles, spare } from './organizations.ts';

/** What the suite knows about the server under test: fixed codes, and what it learns from answers. */
export type World = {
  readonly api: Api;
  readonly host: string;
  /** Values by the name of the field or parameter that takes them. */
  readonly values: Map<string, readonly string[]>;
  /** Credentials, renewed at the start of each block. */
  credentials: Credentials;
  /** A state of the emulator that can be restored; undefined in `serve`. */
  snapshot?: unknown;
};

export type Credentials = {
  /** Token of app-one in corp-one, then tokens of other apps and organizations. */
  readonly tokens: readonly string[];
  /** Tokens that have ended. */
  readonly endedTokens: readonly string[];
  readonly sessions: readonly string[];
  readonly console: { readonly cookie: string; readonly csrf: string };
};

/** How many values of one name are kept. */
const mostValues = 60;

const fixed: Readonly<Record<string, readonly string[]>> = {
  robotCode: ['robot-one', 'robot-one', 'robot-one', 'robot-off', 'robot-away', 'robot-two', 'robot-suite'],
  userId: ['alice', 'bob', 'carol', 'dave', 'mallory'],
  corpId: ['corp-one', 'corp-one', 'corp-two'],
  appKey: ['app-one', 'app-two', 'app-bare', 'suite'],
  prompt: ['login'],
  text: ['Hello', 'alice', '公告', 'o'],
  minAge: ['0s', '2h', '1d'],
  advance: ['1s', '90s', '25h', '3d'],
  after: ['0s', '90s', '2h'],
  delay: ['1s', '5s'],
  latency: ['1ms', '20ms'],
  timeout: ['0ms', '20ms'],
  path: ['/v1.0/robot/*', '/gettoken', '*'],
  method: ['GET', 'POST'],
  // Nothing listens there.
  url: ['http://127.0.0.1:1/hook'],
  endpointId: [],
  mobile: mobiles,
  deptId: ['1', '100', '101'],
  openConversationId: [group.openConversationId],
  chatId: [group.chatId],
  unionId: [],
  mediaId: [],
  openDingId: [],
  nextToken: [],
  permissions: ['qyapi_robot_sendmsg', 'other'],
  grant_type: ['client_credentials'],
  csv: ['userId,name\nu1,One\nu2,Two\n', 'u1,One', ''],
  processQueryKey: [],
  messageId: [],
  task_id: [],
  conversationId: ['robot:robot-one'],
  suiteTicket: [],
  code: [],
  cursor: [],
};

/** Fields of a request by another name than the values that they take. */
const aliases: Readonly<Record<string, string>> = {
  userIds: 'userId',
  mutedBy: 'userId',
  processQueryKeys: 'processQueryKey',
  messageIds: 'messageId',
  authCorpId: 'corpId',
  suiteKey: 'appKey',
  client_id: 'appKey',
  appkey: 'appKey',
  userid: 'userId',
  userid_list: 'userId',
  useridlist: 'userId',
  user_ids: 'userId',
  owner: 'userId',
  owner_user_id: 'userId',
  ownerUserId: 'userId',
  receiverUserIdList: 'userId',
  add_useridlist: 'userId',
  del_useridlist: 'userId',
  dept_id: 'deptId',
  department_id: 'deptId',
  chatid: 'chatId',
  sender: 'userId',
  unionid: 'unionId',
  media_id: 'mediaId',
  taskId: 'task_id',
  installedIn: 'corpId',
  authorizedBy: 'corpId',
};

export function createWorld(api: Api, host: string): World {
  const credentials = { tokens: [], endedTokens: [], sessions: [], console: { cookie: '', csrf: '' } };
  return { api, host, values: new Map(Object.entries(fixed)), credentials };
}

/** Known values of a field; spare ones where the call changes the thing itself. */
export function valuesOf({ values }: World, field: string, changes: boolean): readonly string[] {
  const name = aliases[field] ?? field;
  if (changes && name in spare) return spare[name as keyof typeof spare];
  return values.get(name) ?? [];
}

const learnt = [
  'endpointId',
  'processQueryKey',
  'messageId',
  'conversationId',
  'suiteTicket',
  'code',
  'cursor',
  'openConversationId',
  'chatId',
  'unionId',
  'mediaId',
  'openDingId',
  'nextToken',
  'task_id',
];

/** Takes over what a successful answer names. */
export function learn({ values }: World, answer: unknown, depth = 0): void {
  if (typeof answer !== 'object' || answer === null || depth > 3) return;
  for (const [field, value] of Object.entries(answer)) {
    const name = aliases[field] ?? field;
    if (typeof value === 'object') learn({ values } as World, value, depth + 1);
    else if (learnt.includes(name) && (typeof value === 'string' || typeof value === 'number'))
      values.set(name, [...(values.get(name) ?? []), String(value)].slice(-mostValues));
  }
}
