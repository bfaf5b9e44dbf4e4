import { type Connection, connection, type Method, type Reply } from '../crash/connection.ts';
import { inboxHeaders, type Passes, robotHeaders } from '../crash/load.ts';
import { adminToken, app, robotCode } from '../crash/server.ts';
import type { Receipt } from './check.ts';
import type { Ledger, Send } from './ledger.ts';
import type { Member } from './member.ts';

/** Milliseconds after which a caller no longer waits for an answer. */
const timeout = 10_000;

/** What all callers of an installation share. */
export type Installation = {
  readonly ledger: Ledger;
  readonly members: readonly Member[];
  passes: Passes;
};

/** A caller with one connection to each process. */
export type Caller = {
  /** Resolves with undefined when no answer arrives: the outcome of the request is then unknown. */
  call(member: Member, method: Method, path: string, headers: Headers, body?: object): Promise<Reply | undefined>;
  close(): void;
};

type Headers = Record<string, string>;

export function createCaller({ ledger }: Installation): Caller {
  const open = new Map<string, Connection>();
  return {
    async call(member, method, path, headers, body) {
      const url = member.url();
      if (!url) return undefined;
      const line = open.get(url.href) ?? connection(url, timeout);
      open.set(url.href, line);
      try {
        const reply = await line.call(method, path, headers, body);
        if (reply.status !== 200) count(ledger.refused, `${reply.status} ${reply.body.code ?? reply.body.errcode}`);
        return reply;
      } catch {
        line.close();
        open.delete(url.href);
        return undefined;
      }
    },
    close() {
      for (const line of open.values()) line.close();
    },
  };
}

const count = (counts: Map<string, number>, key: string) => void counts.set(key, (counts.get(key) ?? 0) + 1);

export const operator: Headers = { authorization: `Bearer ${adminToken}` };

export const inboxOf = ({ passes }: Installation, user: string): Headers => inboxHeaders(passes, user);

/** Makes a call with the app's token. If the token has expired, it is renewed and the call repeated once. */
async function callRobot(all: Installation, caller: Caller, member: Member, ...rest: RobotCall) {
  const [method, path, headers, body] = rest;
  const send = () => caller.call(member, method, path, { ...headers, ...robotHeaders(all.passes) }, body);
  const reply = await send();
  if (reply?.body.code !== 'InvalidAuthentication') return reply;
  const renewed = await caller.call(member, 'POST', '/v1.0/oauth2/accessToken', {}, app);
  if (renewed?.status !== 200) return renewed;
  all.passes = { ...all.passes, token: String(renewed.body.accessToken) };
  return send();
}

type RobotCall = [method: Method, path: string, headers: Headers, body?: object];

/** Sends, or repeats, what the ledger has recorded; records the acknowledgement and returns whether it came. */
export async function requestSend(all: Installation, caller: Caller, member: Member, send: Send): Promise<boolean> {
  const { name, userIds, repeatable } = send;
  const headers: Headers = repeatable ? { 'idempotency-key': name } : {};
  const body = { robotCode, userIds, msgKey: 'sampleText', msgParam: JSON.stringify({ content: name }) };
  const reply = await callRobot(all, caller, member, 'POST', '/v1.0/robot/oToMessages/batchSend', headers, body);
  if (reply?.status !== 200) return false;
  const key = String(reply.body.processQueryKey);
  all.ledger.acknowledged.sends++;
  send.key = key;
  return true;
}

/** Recalls messages. Records each as a recall to come before the call, and as recalled after it. */
export async function requestRecall(all: Installation, caller: Caller, member: Member, sends: readonly Send[]) {
  for (const send of sends) send.recall = 'tried';
  const body = { robotCode, processQueryKeys: sends.map(({ key }) => key) };
  const reply = await callRobot(all, caller, member, 'POST', '/v1.0/robot/otoMessages/batchRecall', {}, body);
  if (reply?.status !== 200) return;
  all.ledger.acknowledged.recalls++;
  const recalled = new Set(reply.body.successResult as string[]);
  for (const send of sends) if (recalled.has(send.key ?? '')) send.recall = 'acknowledged';
  for (const { name } of sends.filter(({ key }) => !recalled.has(key ?? '')))
    all.ledger.findings.push({
      wrong: 'lost',
      what: `${member.name} refuses to recall ${name}: ${JSON.stringify(reply)}`,
    });
}

/** Requests the receipt of an acknowledged send; undefined when the process does not answer, or is unavailable. */
export async function requestReceipt(all: Installation, caller: Caller, member: Member, send: Send) {
  const query = new URLSearchParams({ robotCode, processQueryKey: send.key ?? '' });
  const reply = await callRobot(all, caller, member, 'GET', `/v1.0/robot/oToMessages/readStatus?${query}`, {});
  if (!reply || reply.status >= 500) return undefined;
  return parseReceipt(reply);
}

function parseReceipt({ status, body }: Reply): Receipt {
  if (status !== 200) return { refusal: `${status} ${body.code}` };
  const list = body.messageReadInfoList as { readonly userId: string; readonly readStatus: string }[];
  const read = list.map(({ userId, readStatus }) => ({ userId, isRead: readStatus === 'READ' }));
  return { sendStatus: String(body.sendStatus), list: read };
}
