import { bearer, type Call, kinds, robots, type Verbs, withToken } from './world.ts';

const hour = 3_600_000;
const day = 24 * hour;
const days = 4;

/** A message that was sent, with what its receipt is requested by. */
export type Sent = { readonly robotCode: string; readonly processQueryKey: string; readonly app: string };

/** Created things that the server does not return again. */
export type Filled = {
  readonly sent: readonly Sent[];
  readonly late: readonly Sent[];
  readonly sessions: Readonly<Record<string, string>>;
  /** A send under an idempotency key, with the key of its message. */
  readonly repeat: Call & { readonly processQueryKey: string };
  readonly codes: readonly string[];
  /** The cookie of a signed-in operator. */
  readonly cookie: string;
};

/** Fills several days up to a time: sends, reads, recalls and changes by an operator. */
export async function fill(huizhi: Verbs, now: number): Promise<Filled> {
  await huizhi.emulate('POST', 'clock', { freeze: true });
  await huizhi.clock(now - days * day);
  await huizhi.operate('PUT', 'robots/robot-limited', { perUserPerMinute: 1, perUserPerDay: 3 });
  await muteFor(huizhi, 'm03', 'm04');
  const sent: Sent[] = [];
  for (let i = 0; i < days; i++) {
    sent.push(...(await liveOneDay(huizhi, now - (days - i) * day, i)));
    if (i === 1) await changePeople(huizhi);
    if (i === 2) await changeDirectory(huizhi);
  }
  await huizhi.clock(now - hour);
  sent.push(...(await sendEach(huizhi, now - hour, days)));
  const late = await sendLate(huizhi, now - hour / 2);
  await huizhi.clock(now - 60_000);
  const repeat = await sendUnderKey(huizhi);
  sent.push({ robotCode: 'robot-notice', processQueryKey: repeat.processQueryKey, app: 'app-main' });
  return { sent, late, repeat, ...(await signInAll(huizhi)) };
}

async function muteFor(huizhi: Verbs, ...userIds: readonly string[]): Promise<void> {
  for (const userId of userIds) {
    const headers = bearer(await huizhi.signIn('corp-main', userId));
    await huizhi.done({ method: 'PUT', path: '/inbox/v1/robots/robot-muted', headers, body: { muted: true } });
  }
}

async function liveOneDay(huizhi: Verbs, start: number, round: number): Promise<readonly Sent[]> {
  await huizhi.clock(start);
  const sent = await sendEach(huizhi, start, round);
  const token = await huizhi.internalToken('app-main');
  await huizhi.recall(token, 'robot-notice', [sent[3]?.processQueryKey ?? '']);
  return sent;
}

const member = (n: number) => `m${String((n % 24) + 1).padStart(2, '0')}`;

/** Sends one message of each kind, by one robot after the other; some recipients read some of them later. */
async function sendEach(huizhi: Verbs, start: number, round: number): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  const usable = robots.filter((robot) => round < 3 || !['robot-off', 'robot-stopped'].includes(robot));
  for (const [i, [msgKey, param]] of kinds.entries()) {
    await huizhi.clock(start + i * 120_000);
    const robotCode = i === 3 ? 'robot-notice' : (usable[(i + round) % usable.length] ?? '');
    const ofSuite = robotCode === 'robot-suite';
    const corpId = ofSuite && i % 2 === 1 ? 'corp-side' : 'corp-main';
    const token = ofSuite ? await huizhi.suiteToken(corpId) : await huizhi.internalToken('app-main');
    const userIds =
      corpId === 'corp-side'
        ? ['s01', 's02', 's03', 'nobody']
        : Array.from({ length: 2 + (i % 5) }, (_, n) => member(n * 2 + i));
    const body = {
      robotCode,
      msgKey,
      msgParam: JSON.stringify(param),
      userIds: [...userIds, 'm03', 's01'].slice(0, 8),
    };
    const processQueryKey = await huizhi.send(token, body);
    sent.push({ robotCode, processQueryKey, app: ofSuite ? corpId : 'app-main' });
    await huizhi.clock(start + i * 120_000 + 60_000);
    await readBySome(huizhi, token, { robotCode, processQueryKey }, i % 4);
  }
  return sent;
}

async function readBySome(huizhi: Verbs, token: string, asked: Readonly<Record<string, string>>, count: number) {
  const path = `/v1.0/robot/oToMessages/readStatus?${new URLSearchParams(asked)}`;
  const { messageReadInfoList } = await huizhi.done({ method: 'GET', path, headers: withToken(token) });
  const userIds = (messageReadInfoList as readonly { readonly userId: string }[]).map(({ userId }) => userId);
  await huizhi.emulate('POST', 'reads', { ...asked, robotCode: undefined, userIds: userIds.slice(0, count) });
}

/** A user leaves, another is renamed, and the userId of a removed user is given to another person. */
async function changePeople(huizhi: Verbs): Promise<void> {
  const corp = 'corpId=corp-main';
  await huizhi.operate('DELETE', `users/m05?${corp}`);
  await huizhi.operate('DELETE', `users/m06?${corp}`);
  await huizhi.operate('POST', 'users', { corpId: 'corp-main', userId: 'm06', name: 'Another person' });
  await huizhi.operate('PUT', `users/m07?${corp}`, { name: '改名' });
  await huizhi.operate('POST', 'users/import', {
    corpId: 'corp-main',
    csv: 'userId,name\nm30,三十\nm31,"三,十一"',
    dryRun: false,
  });
}

async function changeDirectory(huizhi: Verbs): Promise<void> {
  await huizhi.operate('POST', 'organizations', { corpId: 'corp-empty', name: 'Nobody yet' });
  await huizhi.operate('PUT', 'organizations/corp-side', { name: 'Side company, renamed' });
  await huizhi.operate('PUT', 'robots/robot-off', { disabled: true });
  await huizhi.operate('PUT', 'robots/robot-stopped/templates/sampleText', { state: 'stopped' });
  await huizhi.operate('PUT', 'robots/robot-stopped/templates/sampleLink', { state: 'removed' });
  await huizhi.operate('PUT', 'apps/app-suite/authorizations/corp-side', { authorized: false });
  await huizhi.operate('PUT', 'apps/app-suite/authorizations/corp-side', { authorized: true });
  await huizhi.operate('POST', 'apps/app-suite/suiteTickets');
  await huizhi.operate('POST', 'apps/app-bare/rotate');
}

/** Sends a message that is lost, and one that waits: the next start delivers both. */
async function sendLate(huizhi: Verbs, at: number): Promise<readonly Sent[]> {
  await huizhi.clock(at);
  const token = await huizhi.internalToken('app-late');
  const late: Sent[] = [];
  for (const [mode, userIds] of [
    ['timeout', ['l01', 'l02']],
    ['hold', ['l02', 'l03', 'l04']],
  ] as const) {
    await huizhi.emulate('PUT', 'delivery', { mode });
    const body = {
      robotCode: 'robot-late',
      msgKey: 'sampleText',
      msgParam: JSON.stringify({ content: mode }),
      userIds,
    };
    late.push({ robotCode: 'robot-late', processQueryKey: await huizhi.send(token, body), app: 'app-late' });
    await untilStatus(huizhi, mode === 'timeout' ? 'unknown' : 'processing');
  }
  return late;
}

/** Waits until the newest message of the late company has a status. */
async function untilStatus(huizhi: Verbs, status: string): Promise<void> {
  for (;;) {
    const { messages } = await huizhi.operate('GET', 'messages?corpId=corp-late&limit=1');
    if ((messages as readonly { readonly status: string }[])[0]?.status === status) return;
  }
}

async function sendUnderKey(huizhi: Verbs): Promise<Filled['repeat']> {
  await huizhi.emulate('PUT', 'delivery', { mode: 'instant' });
  const token = await huizhi.internalToken('app-main');
  const headers = { 'x-acs-dingtalk-access-token': token, 'idempotency-key': 'one-and-the-same' };
  const body = {
    robotCode: 'robot-notice',
    msgKey: 'sampleText',
    msgParam: '{"content":"once"}',
    userIds: ['m01', 'm02'],
  };
  const processQueryKey = await huizhi.send(token, body, { 'idempotency-key': 'one-and-the-same' });
  return { method: 'POST', path: '/v1.0/robot/oToMessages/batchSend', headers, body, processQueryKey };
}

async function signInAll(huizhi: Verbs): Promise<Pick<Filled, 'sessions' | 'codes' | 'cookie'>> {
  const sessions: Record<string, string> = {};
  for (const userId of ['m01', 'm03', 'm06', 'm07', 'm30']) sessions[userId] = await huizhi.signIn('corp-main', userId);
  for (const userId of ['s01', 's02']) sessions[userId] = await huizhi.signIn('corp-side', userId);
  for (const userId of ['l02', 'l04']) sessions[userId] = await huizhi.signIn('corp-late', userId);
  const codes: string[] = [];
  for (const userId of ['m02', 'm08'])
    codes.push(String((await huizhi.operate('POST', 'signInCodes', { corpId: 'corp-main', userId })).code));
  return { sessions, codes, cookie: await huizhi.signInOperator() };
}
