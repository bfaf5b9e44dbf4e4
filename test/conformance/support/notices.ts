import { expect } from 'vitest';
import type { Setup } from '../../../src/config/setup.ts';
import type { ConsoleNoticeAnswer, NoticeAnswer } from '../../../src/wire/own/notices.ts';
import type { Fields, Reply, Server } from './harness.ts';
import { type AppKey, agentIds, setup } from './setup.ts';
import { bearer, ok, world } from './world.ts';

/** u03 is in department 10, u04 in 10 and 12, u05 in 12; 11 is below 10, 12 below 11, and 70 is empty. */
const memberships: Readonly<Record<string, readonly number[]>> = { u03: [10], u04: [10, 12], u05: [12] };

/** The organizations of the suite, the first with departments. */
export const noticeSetup: Setup = {
  ...setup,
  organizations: setup.organizations.map((organization) =>
    organization.corpId === 'corp-one'
      ? {
          ...organization,
          departments: [
            { deptId: 10, name: 'Upper' },
            { deptId: 11, name: 'Middle', parentId: 10 },
            { deptId: 12, name: 'Lower', parentId: 11 },
            { deptId: 70, name: 'Large' },
          ],
          users: organization.users.map((user) => ({ ...user, departments: memberships[user.userId] ?? [1] })),
        }
      : organization,
  ),
};

export const noticePath = (operation: string) => `/topapi/message/corpconversation/${operation}`;

const hello = { msgtype: 'text', text: { content: 'hello' } };

/** Calls that apps and operators make for work notices on a server. */
export function noticeWorld(server: Server) {
  const scene = world(server);
  const { call, tokenOf } = scene;
  const agent_id = agentIds['app-one'];
  /** Calls an operation as an app, by default app-one, with JSON. */
  const ask = async (operation: string, body: Fields = {}, token?: string, headers = {}): Promise<Reply> =>
    call('POST', noticePath(operation), {
      query: { access_token: token ?? (await tokenOf()) },
      body: { agent_id, ...body },
      headers,
    });
  const send = (body: Fields = {}, token?: string, headers = {}) =>
    ask('asyncsend_v2', { userid_list: 'alice', msg: hello, ...body }, token, headers);
  const answer = async (reply: Promise<Reply>): Promise<Fields> => {
    const fields = ok(await reply);
    expect(fields).toMatchObject({ errcode: 0, errmsg: 'ok' });
    return fields;
  };
  const progress = async (task_id: number, token?: string) =>
    (await answer(ask('getsendprogress', { task_id }, token))).progress as {
      progress_in_percent: number;
      status: number;
    };
  /** Waits until a task is complete. Each look is a request, so other work gets its turn. */
  const finished = async (task_id: number) => {
    await expect.poll(async () => (await progress(task_id)).status, { interval: 5, timeout: 15_000 }).toBe(2);
    return task_id;
  };
  const console = (method: string, path: string, query: Readonly<Record<string, string>> = {}) =>
    call(method, `/console/v1/workNotices${path}`, {
      query: { corpId: 'corp-one', ...query },
      headers: bearer(server.adminToken),
    });
  return {
    ...scene,
    ask,
    send,
    answer,
    progress,
    finished,
    console,
    /** Sends, and returns the task_id. */
    sent: async (body: Fields = {}, token?: string) => Number((await answer(send(body, token))).task_id),
    /** Sends, waits for the delivery, and returns the task_id. */
    arrived: async (body: Fields = {}) => finished(Number((await answer(send(body))).task_id)),
    resultOf: async (task_id: number) => (await answer(ask('getsendresult', { task_id }))).send_result as Fields,
    /** A notice with all its receivers, as the emulator shows it. */
    detailOf: async (task_id: number) =>
      ok(await call('GET', `/emulator/v1/workNotices/${task_id}`, { query: { corpId: 'corp-one' } })) as NoticeAnswer,
    /** A notice with its result in numbers, as the console shows it. */
    shownTo: async (task_id: number) => ok(await console('GET', `/${task_id}`)) as ConsoleNoticeAnswer,
    /** The parameters of a call as another app. */
    as: async (appKey: AppKey) => ({ body: { agent_id: agentIds[appKey] }, token: await tokenOf(appKey) }),
  };
}

/** The errcode and errmsg of a reply, which is always HTTP 200. */
export function errorOf(reply: Reply): readonly [unknown, unknown] {
  const { errcode, errmsg } = ok(reply);
  return [errcode, errmsg];
}
