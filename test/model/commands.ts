import fc from 'fast-check';
import { expect } from 'vitest';
import { check } from './check.ts';
import * as toy from './model.ts';
import { type Message, type Model, msgKeys, robots, streamOf, users } from './model.ts';
import type { Real } from './real.ts';

type Command = fc.AsyncCommand<Model, Real>;

/** A step that changes both and then compares everything that can be observed. */
function step(name: string, can: (model: Model) => boolean, run: (model: Model, real: Real) => Promise<void>): Command {
  return {
    check: can,
    async run(model, real) {
      await run(model, real);
      await real.settle();
      await check(model, real);
    },
    toString: () => name,
  };
}

const always = () => true;
const anySent = ({ messages }: Model) => messages.length > 0;
const anyKnown = ({ messages }: Model) => messages.some(({ id }) => id !== undefined);

const anyUser = fc.constantFrom(...users);
const anyRobot = fc.constantFrom(...robots);
const anyMsgKey = fc.constantFrom(...msgKeys);
/** Chooses a message, whatever their number at that time; newer ones are chosen more often. */
const choices = fc.array(fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 40 })), { minLength: 1, maxLength: 4 });

function chooseMessages(list: readonly Message[], choice: readonly number[]): readonly Message[] {
  return choice.flatMap((back) => list[(list.length - 1 - (back % list.length)) % list.length] ?? []);
}

const sends = fc
  .record({
    robot: anyRobot,
    userIds: fc.array(fc.constantFrom(...users, 'nobody'), { maxLength: 6 }),
    msgKey: anyMsgKey,
    idempotencyKey: fc.option(fc.constantFrom('a', 'b'), { nil: undefined, freq: 3 }),
  })
  .map((given) =>
    step(`send ${JSON.stringify(given)}`, always, async (model, real) => {
      const param = toy.paramOf(model, given);
      const expected = toy.send(model, given);
      const { robot: robotCode, userIds, msgKey, idempotencyKey } = given;
      const headers = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
      const body = { robotCode, userIds, msgKey, msgParam: param };
      const reply = await real.robot('POST', '/v1.0/robot/oToMessages/batchSend', body, headers);
      if (typeof expected === 'string')
        return void expect(reply).toMatchObject({
          status: expected === 'huizhi.idempotencyMismatch' ? 409 : 400,
          body: { code: expected },
        });
      expect(reply.status, JSON.stringify(reply.body)).toBe(200);
      const { message } = expected;
      if (message.key === '') learnKey(model, message, String(reply.body.processQueryKey));
      expect(reply.body).toEqual({
        flowControlledStaffIdList: expected.limited,
        invalidStaffIdList: expected.invalid,
        filteredStaffIdList: expected.filtered,
        processQueryKey: message.key,
      });
    }),
  );

function learnKey(model: Model, message: Message, key: string): void {
  expect(key).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  expect(model.messages.map((other) => other.key)).not.toContain(key);
  message.key = key;
}

const modes = fc
  .oneof(
    fc.constantFrom<toy.Mode>({ mode: 'hold' }, { mode: 'timeout' }, { mode: 'instant' }),
    fc.constantFrom(1, 59, 175).map((minutes): toy.Mode => ({ mode: 'delay', minutes })),
  )
  .map((mode) =>
    step(`deliver ${JSON.stringify(mode)}`, always, async (model, real) => {
      toy.setMode(model, mode);
      const body = mode.mode === 'delay' ? { mode: 'delay', delay: `${mode.minutes}m` } : mode;
      expect(await real.emulator('PUT', '/emulator/v1/delivery', body)).toMatchObject({ status: 200, body });
    }),
  );

const releases = fc.constant(
  step('release', always, async (model, real) => {
    const waiting = model.messages.filter(({ state, pruned }) => state !== 'delivered' && !pruned);
    toy.setMode(model, { mode: 'instant' });
    const reply = await real.emulator('POST', '/emulator/v1/delivery/release', {});
    expect(reply).toEqual({ status: 200, body: { released: waiting.length } });
  }),
);

const reads = fc.tuple(anyUser, choices, fc.boolean()).map(([user, choice, lastIsGarbage]) =>
  step(`${user} reads ${choice}${lastIsGarbage ? ' and garbage' : ''}`, anyKnown, async (model, real) => {
    const known = model.messages.filter(({ id }) => id !== undefined);
    const messages = chooseMessages(known, choice);
    const messageIds = messages.map(({ id }) => id ?? '');
    if (lastIsGarbage) {
      const body = { messageIds: [...messageIds, '0'.repeat(32)] };
      const reply = await real.inbox(user, 'POST', '/inbox/v1/messages/read', body);
      return void expect(reply).toMatchObject({ status: 400, body: { code: 'huizhi.badRequest' } });
    }
    const count = toy.read(model, user, messages);
    const reply = await real.inbox(user, 'POST', '/inbox/v1/messages/read', { messageIds });
    expect(reply).toEqual({ status: 200, body: { read: count } });
  }),
);

const emulatedReads = fc.nat({ max: 40 }).map((choice) =>
  step(`all read ${choice}`, anySent, async (model, real) => {
    const [message] = chooseMessages(model.messages, [choice]);
    if (!message) return;
    const { key: processQueryKey, recipients, pruned } = message;
    const counts = recipients.map((user) => toy.read(model, user, [message]));
    const reply = await real.emulator('POST', '/emulator/v1/reads', { processQueryKey });
    if (pruned || recipients.length === 0) return void expect(reply).toMatchObject({ status: 404 });
    expect(reply).toEqual({ status: 200, body: { read: counts.reduce((sum, count) => sum + count, 0) } });
  }),
);

const recalls = fc.tuple(anyRobot, choices).map(([robotCode, choice]) =>
  step(`${robotCode} recalls ${choice}`, anySent, async (model, real) => {
    const messages = chooseMessages(model.messages, choice);
    const processQueryKeys = messages.map(({ key }) => key);
    const outcomes = [...toy.recall(model, robotCode, messages)];
    const body = { robotCode, processQueryKeys };
    const reply = await real.robot('POST', '/v1.0/robot/otoMessages/batchRecall', body);
    const successResult = outcomes.filter(([, what]) => what === 'recalled').map(([key]) => key);
    const failedResult = Object.fromEntries(outcomes.filter(([, what]) => what !== 'recalled'));
    expect(reply).toEqual({ status: 200, body: { successResult, failedResult } });
  }),
);

const times = { '1ms': 1, '999ms': 999, '1s': 1000, '61s': 61_000, '59m': 3_540_000, '1h': 3_600_000 } as const;
const longTimes = { '5h': 18_000_000, '19h': 68_400_000, '24h': 86_400_000, '25h': 90_000_000 } as const;

const advances = fc.constantFrom(...Object.entries({ ...times, ...longTimes })).map(([duration, milliseconds]) =>
  step(`advance ${duration}`, always, async (model, real) => {
    toy.advance(model, milliseconds);
    const reply = await real.emulator('POST', '/emulator/v1/clock', { advance: duration });
    expect(reply).toEqual({ status: 200, body: { now: model.now, frozen: false } });
  }),
);

const restarts = fc.option(anyUser, { nil: undefined, freq: 2 }).map((renamed) =>
  step(`restart${renamed ? `, ${renamed} renamed` : ''}`, always, async (model, real) => {
    if (renamed) model.names.set(renamed, `${model.names.get(renamed)}+`);
    toy.restart(model);
    await real.restart();
  }),
);

const anyChoice = fc.constantFrom('muted', 'blocked');
const robotChoices = fc.tuple(anyUser, anyRobot, anyChoice, fc.boolean()).map(([user, robot, choice, isOn]) =>
  step(`${user} sets ${choice} of ${robot} to ${isOn}`, always, async (model, real) => {
    const name = `${user} ${robot}`;
    const isNew = model[choice].has(name) !== isOn;
    if (isOn) model[choice].add(name);
    else model[choice].delete(name);
    const now = { muted: model.muted.has(name), blocked: model.blocked.has(name) };
    if (isNew) streamOf(model, user).push({ event: 'robot', data: { robotCode: robot, ...now } });
    const reply = await real.inbox(user, 'PUT', `/inbox/v1/robots/${robot}`, { [choice]: isOn });
    expect(reply).toMatchObject({ status: 200, body: { robotCode: robot, ...now } });
  }),
);

const anyState = fc.constantFrom('active', 'stopped', 'removed');
const templates = fc.tuple(anyRobot, anyMsgKey, anyState).map(([robotCode, msgKey, state]) =>
  step(`template ${robotCode} ${msgKey} ${state}`, always, async (model, real) => {
    model.templates.set(`${robotCode} ${msgKey}`, state);
    const body = { robotCode, msgKey, state };
    expect(await real.emulator('PUT', '/emulator/v1/templates', body)).toEqual({ status: 200, body });
  }),
);

/** All commands; more frequent ones occur several times. */
export const happenings = [
  sends,
  sends,
  sends,
  reads,
  reads,
  recalls,
  modes,
  releases,
  advances,
  restarts,
  robotChoices,
  templates,
  emulatedReads,
];
