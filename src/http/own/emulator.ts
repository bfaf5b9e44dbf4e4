import { Hono } from 'hono';
import { createTicketFor, listTickets } from '../../core/access/tickets.ts';
import { showMedia } from '../../core/console/media.ts';
import { getNotice, listNotices } from '../../core/console/notices.ts';
import type { Context } from '../../core/context.ts';
import {
  type Controls,
  changeRobot,
  checkSnapshotVersion,
  freezeClock,
  moveClock,
  readMessage,
  release,
  reset,
  restoreSnapshot,
  type Snapshot,
  setTemplate,
  takeSnapshot,
} from '../../core/dev/controls.ts';
import { createTestCustomRobot } from '../../core/dev/custom-robots.ts';
import { listEmulatedDings, readDing, setEmulatedQuotas } from '../../core/dev/dings.ts';
import type { Fault, Faults } from '../../core/dev/faults.ts';
import type { Entry } from '../../core/dev/journal.ts';
import { readNotice } from '../../core/dev/notices.ts';
import { listDepartments, putDepartments, putUsers } from '../../core/dev/people.ts';
import type { Reader } from '../../core/dev/readers.ts';
import { sayAs } from '../../core/dev/say.ts';
import { createTestGroup, createTestPair, quitTestGroup } from '../../core/dev/test-groups.ts';
import { createDownloadCodeFor } from '../../core/media/download.ts';
import type { Setup } from '../../core/setup.ts';
import { formatDuration } from '../../wire/duration.ts';
import { huizhiError } from '../../wire/errors.ts';
import { defaultPage, defaultRequests, maxRules, maxSnapshotBytes } from '../../wire/limits.ts';
import { organizationQuery } from '../../wire/own/console-directory.ts';
import { type EmulatorCustomRobot, emulatorCustomRobotBody } from '../../wire/own/custom-robots.ts';
import {
  type DingQuotaAnswer,
  type EmulatorDingsAnswer,
  emulatorDingQuotaBody,
  emulatorDingReadBody,
  emulatorDingsQuery,
  type InboxDingReadAnswer,
} from '../../wire/own/dings.ts';
import {
  clockBody,
  deliveryBody,
  departmentsBody,
  departmentsQuery,
  faultsBody,
  type GroupAnswer,
  groupBody,
  groupQuitBody,
  type RequestRecord,
  readersBody,
  readsBody,
  requestsQuery,
  robotBody,
  snapshot,
  suiteTicketBody,
  templateBody,
  usersBody,
} from '../../wire/own/emulator.ts';
import { downloadCodeBody, emulatorMediaQuery } from '../../wire/own/media.ts';
import { type NoticeAnswer, type NoticesAnswer, noticeReadBody, noticesQuery } from '../../wire/own/notices.ts';
import { type EmulatorSayAnswer, emulatorSayBody } from '../../wire/own/talk.ts';
import { parseValue } from '../../wire/schema.ts';
import type { AppParts } from '../parts.ts';
import type { Bodies } from '../server/body/bodies.ts';
import { receiveOwnMedia } from './console-media.ts';
import { addTestCardRoutes } from './emulator-cards.ts';
import { checkFaults, checkReaders, type Served } from './emulator-checks.ts';
import { addWaitRoutes } from './emulator-waits.ts';
import type { Env } from './env.ts';
import { findOrigin } from './inbox-talk.ts';
import { omitUndefined, parseBody, parseQuery, readText, refuseUnknownInput } from './request.ts';
import { snapshotState } from './snapshot.ts';

/**
 * Milliseconds. One call moves the clock forward by at most a hundred years, since everything due in between has to
 * run.
 */
const longestMove = 36_525 * 86_400_000;

type EmulatorRouteParts = Required<AppParts>['emulator'] & {
  readonly served: readonly Served[];
  readonly snapshots: Bodies;
};

/**
 * The API with which tests control the emulator, under `/emulator/v1`. `setup` is the state after a reset, `served`
 * lists the calls into which faults can be injected, and `snapshots` reads the bodies of snapshots, which may be large.
 */
export function createEmulatorRoutes(
  context: Context,
  { controls, setup, waits, served, snapshots }: EmulatorRouteParts,
): Hono<Env> {
  const app = new Hono<Env>();
  const { clock, readers, faults, journal } = controls;
  const renderClock = () => ({ now: clock.now(), frozen: clock.state().frozenAt !== null });

  app.use(refuseUnknownInput);
  app.get('/clock', (c) => c.json(renderClock()));
  app.post('/clock', async (c) => {
    const { freeze, ...move } = await parseBody(c, clockBody);
    if (freeze !== undefined) await freezeClock(context, controls, freeze);
    else if ((move.set ?? 0) - clock.now() > longestMove)
      throw huizhiError('huizhi.badRequest', 'set: is more than a hundred years ahead');
    else await moveClock(context, controls, move);
    return c.json(renderClock());
  });
  app.post('/reads', async (c) => {
    const { processQueryKey, userIds, manner } = await parseBody(c, readsBody);
    return c.json({ read: await readMessage(context, processQueryKey, userIds, manner) });
  });
  app.get('/readers', (c) => c.json({ readers: readers.list().map(renderReader) }));
  app.put('/readers', async (c) => {
    const body = await parseBody(c, readersBody);
    await checkReaders(context, body.readers);
    readers.set(body.readers);
    return c.json({ readers: readers.list().map(renderReader) });
  });
  app.get('/delivery', (c) => c.json(renderDelivery(controls)));
  app.put('/delivery', async (c) => {
    controls.setDelivery(await parseBody(c, deliveryBody));
    await context.deliverer.resume();
    return c.json(renderDelivery(controls));
  });
  app.post('/delivery/release', async (c) => c.json({ released: await release(context, controls) }));
  addFaultRoutes(app, context, faults, served);
  app.get('/requests', (c) => {
    const { since = 0, limit = defaultRequests } = parseQuery(c, requestsQuery);
    return c.json({ requests: journal.since(since, limit).map(renderRequest) });
  });
  addWaitRoutes(app, waits);
  addStateRoutes(app, context, controls, setup);
  addReminderRoutes(app, context);
  addTestCardRoutes(app, context);
  addMediaRoutes(app, context);
  addSnapshotRoutes(app, context, controls, snapshots);
  return app;
}

function addFaultRoutes(app: Hono<Env>, context: Context, faults: Faults, served: readonly Served[]): void {
  app.get('/faults', (c) => c.json({ rules: faults.rules().map(renderFault) }));
  app.put('/faults', async (c) => {
    const { rules } = await parseBody(c, faultsBody);
    checkFaults(context, served, rules);
    faults.set(rules);
    return c.json({ rules: faults.rules().map(renderFault) });
  });
  app.post('/faults', async (c) => {
    const { rules } = await parseBody(c, faultsBody);
    if (faults.rules().length + rules.length > maxRules)
      throw huizhiError('huizhi.badRequest', `rules: more than ${maxRules} with those that exist`);
    checkFaults(context, served, rules);
    faults.add(rules);
    return c.json({ rules: faults.rules().map(renderFault) });
  });
}

function addStateRoutes(app: Hono<Env>, context: Context, controls: Controls, setup: Setup): void {
  app.get('/suiteTickets', async (c) => c.json({ tickets: await listTickets(context) }));
  app.post('/suiteTickets', async (c) =>
    c.json(await createTicketFor(context, (await parseBody(c, suiteTicketBody)).appKey)),
  );
  app.put('/templates', async (c) => {
    const body = await parseBody(c, templateBody);
    await setTemplate(context, body.robotCode, body.msgKey, body.state);
    return c.json(body);
  });
  app.put('/robots', async (c) => c.json(await changeRobot(context, await parseBody(c, robotBody))));
  app.post('/groups', async (c) => {
    const { corpId, kind, ...given } = await parseBody(c, groupBody);
    const create = kind === 'private' ? createTestPair : createTestGroup;
    return c.json((await create(context, corpId, given)) satisfies GroupAnswer);
  });
  app.post('/groups/quits', async (c) => {
    await quitTestGroup(context, await parseBody(c, groupQuitBody));
    return c.json({});
  });
  app.post('/customRobots', async (c) => {
    const made = await createTestCustomRobot(context, await parseBody(c, emulatorCustomRobotBody));
    return c.json(made satisfies EmulatorCustomRobot);
  });
  app.post('/messages', async (c) => {
    const { corpId, from, robotCode, openConversationId, ...content } = await parseBody(c, emulatorSayBody);
    const said = await sayAs(context, { corpId, from, robotCode, openConversationId, content }, findOrigin(context, c));
    return c.json(said satisfies EmulatorSayAnswer);
  });
  app.get('/departments', async (c) =>
    c.json({ departments: await listDepartments(context, parseQuery(c, departmentsQuery).corpId) }),
  );
  app.put('/departments', async (c) => {
    const { corpId, departments } = await parseBody(c, departmentsBody);
    return c.json({ departments: await putDepartments(context, corpId, departments) });
  });
  app.put('/users', async (c) => {
    const { corpId, users } = await parseBody(c, usersBody);
    return c.json({ users: await putUsers(context, corpId, users) });
  });
  app.post('/reset', async (c) => {
    await reset(context, controls, setup);
    return c.json({});
  });
}

/** DINGs and work notices. */
function addReminderRoutes(app: Hono<Env>, context: Context): void {
  app.get('/dings', async (c) => {
    const { limit = defaultPage, cursor, ...filter } = parseQuery(c, emulatorDingsQuery);
    const page = omitUndefined({ limit, cursor });
    return c.json((await listEmulatedDings(context, omitUndefined(filter), page)) satisfies EmulatorDingsAnswer);
  });
  app.post('/dings/read', async (c) => {
    const { openDingId, userIds, manner } = await parseBody(c, emulatorDingReadBody);
    return c.json({ read: await readDing(context, openDingId, userIds, manner) } satisfies InboxDingReadAnswer);
  });
  app.get('/workNotices', async (c) => {
    const { limit = defaultPage, cursor, ...filter } = parseQuery(c, noticesQuery);
    const page = omitUndefined({ limit, cursor });
    return c.json((await listNotices(context, omitUndefined(filter), page)) satisfies NoticesAnswer);
  });
  app.get('/workNotices/:taskId', async (c) => {
    const { corpId } = parseQuery(c, organizationQuery);
    return c.json((await getNotice(context, corpId, c.req.param('taskId'))) satisfies NoticeAnswer);
  });
  app.post('/workNotices/read', async (c) => {
    const { userIds, manner, ...task } = await parseBody(c, noticeReadBody);
    return c.json({ read: await readNotice(context, task, userIds, manner) } satisfies InboxDingReadAnswer);
  });
  app.put('/dingQuotas', async (c) => {
    const { corpId, ...quotas } = await parseBody(c, emulatorDingQuotaBody);
    return c.json((await setEmulatedQuotas(context, corpId, quotas)) satisfies DingQuotaAnswer);
  });
}

function addMediaRoutes(app: Hono<Env>, context: Context): void {
  app.post('/media', async (c) => {
    const { corpId, type } = parseQuery(c, emulatorMediaQuery);
    return c.json(showMedia(await receiveOwnMedia(c, context, corpId, type)));
  });
  app.post('/downloadCodes', async (c) => {
    const { robotCode, mediaId } = await parseBody(c, downloadCodeBody);
    return c.json(await createDownloadCodeFor(context, robotCode, mediaId));
  });
}

function addSnapshotRoutes(app: Hono<Env>, context: Context, controls: Controls, snapshots: Bodies): void {
  app.get('/snapshot', async (c) => c.json(await takeSnapshot(context, controls)));
  app.put('/snapshot', async (c) => {
    const value = parseValue(snapshot, parseJson(await readText(c, maxSnapshotBytes, snapshots)));
    await checkSnapshotVersion(context, value);
    await restoreSnapshot(context, controls, parseValue(snapshotState, value) satisfies Snapshot);
    return c.json({});
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw huizhiError('huizhi.badRequest', 'the body is not JSON');
  }
}

const renderReader = ({ after, ...rest }: Reader) => ({ ...rest, after: formatDuration(after) });

function renderFault({ latency, ...rest }: Fault) {
  return latency === undefined ? rest : { ...rest, latency: formatDuration(latency) };
}

function renderDelivery(controls: Controls) {
  const { mode, delay } = controls.delivery();
  return delay === undefined ? { mode } : { mode, delay: formatDuration(delay) };
}

function renderRequest({ query, body, answer, error, headers, truncated, ...rest }: Entry): RequestRecord {
  return {
    ...rest,
    headers: headers as RequestRecord['headers'],
    query: groupParameters(query),
    body: body === '' ? null : parseJsonOrText(body),
    answer: answer === '' ? null : parseJsonOrText(answer),
    ...(error ? { error } : {}),
    ...(truncated ? { truncated: [...truncated] } : {}),
  };
}

function groupParameters(query: string): RequestRecord['query'] {
  const values = new Map<string, string | string[]>();
  for (const [name, value] of new URLSearchParams(query)) {
    const known = values.get(name);
    values.set(name, known === undefined ? value : [known, value].flat());
  }
  return Object.fromEntries(values);
}

function parseJsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
