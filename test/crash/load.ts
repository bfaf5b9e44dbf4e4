import { type Connection, connection, type Reply } from './connection.ts';
import { doubt, type Ledger, type Listed, learn, type Sent } from './ledger.ts';
import { robotCode, type Server, users } from './server.ts';

/** The credentials of the callers; they outlive the processes. */
export type Passes = { readonly token: string; readonly sessions: ReadonlyMap<string, string> };

export type Load = {
  readonly server: Server;
  readonly passes: Passes;
  readonly ledger: Ledger;
  readonly random: () => number;
  /** Called for each acknowledgement. */
  readonly onAcknowledged?: () => void;
};

export type Worker = (load: Load, line: Connection) => Promise<void>;

/** The operations of a caller. */
export const callers = () => ({ sends, reads, recalls, asks });

/** Sends, reads, recalls and requests receipts over several connections until the server is gone. */
export async function rush(load: Load): Promise<void> {
  const workers: readonly Worker[] = [sends, sends, sends, reads, reads, recalls, asks];
  await Promise.all(
    workers.map(async (work) => {
      const line = connection(load.server.url);
      try {
        for (;;) await work(load, line);
      } catch (error) {
        // The connection breaks when the server is killed; every other error is a finding.
        if (!isBroken(error)) load.ledger.complaints.push(String(error));
      } finally {
        line.close();
      }
    }),
  );
}

export function isBroken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^E(CONNRESET|CONNREFUSED|PIPE)$/.test(String(error.code));
}

/** An answer other than 200. */
export class RefusedError extends Error {
  readonly status: number;
  readonly code: unknown;
  constructor({ status, body }: Reply) {
    super(`${status} ${JSON.stringify(body)}`);
    this.status = status;
    this.code = body.code;
  }
}

/** Checks that a response is a success, and counts its acknowledgement. */
function countSuccess({ ledger, onAcknowledged }: Load, reply: Reply): Reply['body'] {
  const { status, body } = reply;
  if (status !== 200) throw new RefusedError(reply);
  ledger.acknowledged++;
  onAcknowledged?.();
  return body;
}

const pick = <T>({ random }: Load, list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];

export const robotHeaders = ({ token }: Passes) => ({ 'x-acs-dingtalk-access-token': token });

export const inboxHeaders = ({ sessions }: Passes, user: string) => ({ authorization: `Bearer ${sessions.get(user)}` });

/** How the names of its messages begin; a test that sends others waits for them, so they are not recalled. */
const ofLoad = 'message ';
let count = 0;

const sends: Worker = async (load, line) => {
  const { ledger, random } = load;
  const name = `${ofLoad}${count++}`;
  const userIds = users.filter(() => random() < 0.5);
  if (userIds.length === 0) return;
  ledger.unsure.set(name, { name, userIds, idempotent: random() < 0.5 });
  const { headers, body } = sendOf(load, name);
  // A sender that hangs up before the response and tries again must not send twice.
  if ('idempotency-key' in headers && random() < 0.2) await line.abandon(sendPath, headers, body);
  await sendUnsure(load, line, name);
};

const sendPath = '/v1.0/robot/oToMessages/batchSend';

function sendOf({ ledger, passes }: Load, name: string) {
  const { userIds = [], idempotent = false } = ledger.unsure.get(name) ?? {};
  return {
    headers: { ...robotHeaders(passes), ...(idempotent ? { 'idempotency-key': name } : {}) },
    body: { robotCode, userIds, msgKey: 'sampleText', msgParam: JSON.stringify({ content: name }) },
  };
}

/** Makes a send whose outcome is unknown, and records that. */
export async function sendUnsure(load: Load, line: Connection, name: string): Promise<void> {
  const { ledger } = load;
  const { headers, body } = sendOf(load, name);
  const reply = await line.call('POST', sendPath, headers, body);
  const key = String(countSuccess(load, reply).processQueryKey);
  ledger.sent.set(name, { name, key, userIds: body.userIds, recall: 'no', verified: false });
  ledger.unsure.delete(name);
}

const reads: Worker = async (load, line) => {
  const { ledger, passes, random } = load;
  const user = pick(load, users) ?? '';
  const headers = inboxHeaders(passes, user);
  const page = await line.call('GET', '/inbox/v1/messages?unread=true&limit=20', headers);
  const chosen = (countSuccess(load, page).messages as Listed[]).filter(() => random() < 0.3);
  if (chosen.length === 0) return;
  const names = chosen.map((message) => learn(ledger, user, message));
  const messageIds = chosen.map(({ messageId }) => messageId);
  const { read } = countSuccess(load, await line.call('POST', '/inbox/v1/messages/read', headers, { messageIds }));
  // Fewer, if another connection has read or recalled some of them; the response does not say which.
  for (const name of read === names.length ? names : []) {
    ledger.read.add(`${user} ${name}`);
    doubt(ledger, name);
  }
  const seen = countSuccess(load, await line.call('GET', '/inbox/v1/messages?limit=50', headers)).messages as Listed[];
  for (const message of seen) learn(ledger, user, message);
};

const recalls: Worker = async (load, line) => {
  const { ledger, passes, random } = load;
  const isOpen = ({ name, recall }: Sent) => name.startsWith(ofLoad) && recall === 'no';
  const candidates = [...ledger.sent.values()].slice(-50).filter(isOpen);
  const chosen = candidates.filter(() => random() < 0.1);
  if (chosen.length === 0) return asks(load, line);
  for (const message of chosen) message.recall = 'tried';
  const body = { robotCode, processQueryKeys: chosen.map(({ key }) => key) };
  const reply = await line.call('POST', '/v1.0/robot/otoMessages/batchRecall', robotHeaders(passes), body);
  const { successResult } = countSuccess(load, reply);
  for (const message of chosen) Object.assign(message, { recall: 'acknowledged', verified: false });
  if ((successResult as unknown[]).length !== chosen.length)
    ledger.complaints.push(`a recall failed: ${JSON.stringify(reply)}`);
};

const asks: Worker = async (load, line) => {
  const { ledger, passes } = load;
  const message = pick(load, [...ledger.sent.values()].slice(-50));
  if (!message) return void countSuccess(load, await line.call('GET', '/healthz', {}));
  countSuccess(load, await statusOf(passes, line, message));
};

/** Requests the receipt of a message. */
export function statusOf(passes: Passes, line: Connection, { key }: Sent): Promise<Reply> {
  const query = new URLSearchParams({ robotCode, processQueryKey: key });
  return line.call('GET', `/v1.0/robot/oToMessages/readStatus?${query}`, robotHeaders(passes));
}
