import type { OrganizationEvent } from '../../store/events.ts';
import type { Organization } from '../../store/model.ts';
import type { EventDelivery } from '../../store/subscriptions/deliveries.ts';
import type { Subscription } from '../../store/subscriptions/subscriptions.ts';
import type { Context } from '../context.ts';
import { everybody } from '../events.ts';
import { pause } from '../pause.ts';
import { traced } from '../tracer.ts';
import type { Try } from './attempt.ts';
import type { Form } from './form.ts';
import { createPushForm } from './push/form.ts';
import { createStreamForm } from './stream-form.ts';
import { createWakeSignal, type WakeSignal } from './wake-signal.ts';
import { createWebhookForm } from './webhook-form.ts';
import {
  createState,
  findDue,
  findRest,
  hasFreePlace,
  isDead,
  isHeld,
  maxInFlight,
  maxRepeats,
  type Parts,
  type State,
  type Task,
} from './worker-state.ts';

/** Delivers the events of one subscription. */
export type Worker = {
  readonly subscription: Subscription;
  /** Resolves when no request is running: the remaining events wait for their time. */
  idle(): Promise<void>;
  /** Returns the time of the oldest event that it has read and not tried (epoch milliseconds); undefined if there is none. */
  oldest(): number | undefined;
  /** Aborts requests that are under way. Their events are sent again by the next worker. */
  close(): Promise<void>;
};

/** Number of events that one query reads. */
const pageSize = 100;

/** Milliseconds, by the machine's clock, between two groups of new events while this process is busy. */
const restWhileBusy = 100;

/** Milliseconds, by the machine's clock, between two checks whether there is a receiver again. */
const reachInterval = 1000;

/** Milliseconds, by the machine's clock, for which a move of a test clock waits for responses. */
const longestWait = 1000;

/**
 * Starts the worker of a subscription that this process owns.
 *
 * @param onEnd called when the worker ends by itself: its subscription has changed, or the store has failed
 */
export function startWorker(context: Context, subscription: Subscription, onEnd: (error: unknown) => void): Worker {
  const organization = context.directory.now.organizationOf(subscription.corpId);
  const [signal, closing, news] = [createWakeSignal(), new AbortController(), { isPending: true }];
  let state: State | undefined;
  const unsubscribe = context.events.subscribe(subscription.corpId, everybody, () => {
    news.isPending = true;
    signal.wake();
  });
  const parts = organization && {
    ...{ context, subscription, signal, news, closing: closing.signal },
    form: createForm(context, organization, subscription),
  };
  const run = async (given: Parts) => {
    state = await createState(given);
    await runLoop(given, state);
  };
  const ended = (parts ? run(parts) : Promise.resolve())
    .catch((error: unknown) => error)
    .then((error) => {
      unsubscribe();
      signal.end();
      if (!closing.signal.aborted) onEnd(error);
    });
  return {
    subscription,
    idle: () => Promise.race([signal.idle(), pause(longestWait)]),
    oldest: () => state?.queue[0]?.at ?? undefined,
    async close() {
      closing.abort();
      signal.wake();
      await ended;
    },
  };
}

function createForm(context: Context, organization: Organization, subscription: Subscription): Form {
  return forms[subscription.form](context, organization, subscription);
}

const forms = { endpoint: createWebhookForm, stream: createStreamForm, push: createPushForm } as const;

/** Runs until the worker is closed, or its subscription has changed. Rejects if the store fails. */
async function runLoop(parts: Parts, state: State): Promise<void> {
  const { context, signal, news, closing } = parts;
  let cancel = () => {};
  while (!closing.aborted) {
    await findReceiver(parts, state);
    await readEvents(parts, state);
    await startRepeats(parts, state);
    startQueued(parts, state);
    if (!(await record(parts, state))) break;
    const isFree = hasFreePlace(state);
    const rest = findRest(state);
    if (rest <= 0 && isFree && !isHeld(state) && (state.queue.length > 0 || news.isPending)) continue;
    const timer = rest > 0 ? setTimeout(signal.wake, rest) : undefined;
    const due = findDue(state);
    cancel();
    cancel = isFree && due < Number.MAX_SAFE_INTEGER ? context.clock.at(due, () => wakeAndWait(signal)) : () => {};
    const isIdle = state.inFlight.size === 0 && due > context.clock.now();
    await signal.wait(isIdle && (state.queue.length === 0 || isHeld(state)));
    clearTimeout(timer);
  }
  cancel();
  await state.recording;
}

/** Wakes the loop for what is due, and waits for it, so that a test clock runs everything at its own time. */
function wakeAndWait(signal: WakeSignal): Promise<void> {
  signal.wake();
  return Promise.race([signal.idle(), pause(longestWait)]);
}

/** Looks from time to time whether there is a receiver, while there was none. */
async function findReceiver({ form }: Parts, state: State): Promise<void> {
  if (!state.isUnreachable || performance.now() < state.lookAt) return;
  state.isUnreachable = !(await form.isReachable());
  state.lookAt = performance.now() + reachInterval;
}

/** Reads the next page of events if none is queued. */
async function readEvents(parts: Parts, state: State): Promise<void> {
  const { context, subscription, form, news } = parts;
  if (state.queue.length > 0 || !news.isPending || isHeld(state)) return;
  news.isPending = false;
  const { corpId } = subscription;
  const events = await context.store.subscriptions.events(corpId, state.progress.readTo(), pageSize);
  if (events.length === pageSize) news.isPending = true;
  if (events.length > 0) await form.update();
  const wanted = state.progress.add(events).filter(({ offset }) => {
    if (state.tried.has(offset)) state.progress.done(offset);
    return !state.tried.has(offset);
  });
  const sends = await form.prepare(wanted);
  state.queue = wanted.flatMap(({ offset, at }, i) => {
    const send = sends[i];
    return send ? [{ offset, at, send, tries: 0, isFresh: true }] : [];
  });
}

/** Starts the deliveries that are due again. */
async function startRepeats(parts: Parts, state: State): Promise<void> {
  const { context, subscription } = parts;
  const now = context.clock.now();
  if (findDue(state) > now) return;
  const isProbe = state.nextDue > now;
  const { corpId, id } = subscription;
  const rows = await context.store.subscriptions.waiting(corpId, id, 2 * maxInFlight + 1);
  const ready = rows.filter(({ seq }) => !state.inFlight.has(seq));
  // What waits for a rest, or for a dead endpoint, needs no share.
  const hasNew = state.queue.length > 0 && !isDead(state) && performance.now() >= state.restUntil;
  const free = (hasNew ? maxRepeats : maxInFlight) - state.unanswered;
  const due = ready.filter(({ dueAt }, i) => (dueAt ?? 0) <= now || (isProbe && i === 0)).slice(0, Math.max(0, free));
  await startAgain(parts, state, due);
  state.nextDue = ready.find((row) => !due.includes(row))?.dueAt ?? Number.MAX_SAFE_INTEGER;
}

/** Starts deliveries again. Those whose events were removed end. */
async function startAgain(parts: Parts, state: State, due: readonly EventDelivery[]): Promise<void> {
  const { context, subscription, form } = parts;
  const offsets = due.map(({ seq }) => seq);
  const events = await context.store.subscriptions.eventsAt(subscription.corpId, offsets);
  const byOffset = new Map(events.map((event) => [event.offset, event]));
  const found: { readonly event: OrganizationEvent; readonly tries: number }[] = [];
  for (const { seq, tries } of due) {
    const event = byOffset.get(seq);
    if (event && event.event !== 'removed') found.push({ event, tries });
    else state.removed.push(seq);
  }
  if (found.length === 0) return;
  const sends = await form.prepare(found.map(({ event }) => event));
  for (const [i, { event, tries }] of found.entries()) {
    const send = sends[i];
    if (send) start(parts, state, { offset: event.offset, at: event.at, send, tries, isFresh: false });
  }
}

function startQueued(parts: Parts, state: State): void {
  if (state.queue.length === 0 || performance.now() < state.restUntil) return;
  if (state.isBusy()) state.restUntil = performance.now() + restWhileBusy;
  while (hasFreePlace(state) && !isHeld(state)) {
    const task = state.queue.shift();
    if (!task) return;
    start(parts, state, task);
  }
}

function start({ context, subscription, signal, closing }: Parts, state: State, task: Task): void {
  state.inFlight.add(task.offset);
  state.unanswered++;
  state.lastTry = context.clock.now();
  const attributes = { 'huizhi.form': subscription.form, 'huizhi.tries': task.tries + 1 };
  void traced(context, 'deliver event', () => task.send(closing), { parent: 'root', attributes }).then((tried) => {
    state.unanswered--;
    state.results.push({ task, tried });
    signal.wake();
  });
}

/**
 * Records the results so far. While all new events are delivered, the next ones are sent meanwhile: the results that
 * arrive until then are recorded together. Returns false if the subscription has changed. Rejects if the store fails.
 */
async function record(parts: Parts, state: State): Promise<boolean> {
  const { results, removed } = state;
  const isSmooth = removed.length === 0 && results.every(({ task, tried }) => task.isFresh && isDelivered(tried));
  if (state.recording && (state.isRecorded || !isSmooth)) {
    if (!(await state.recording)) return false;
    state.recording = undefined;
  }
  if (state.recording) return true;
  const recording = recordResults(parts, state);
  if (results.length === 0 || !isSmooth) return recording;
  state.recording = recording;
  state.isRecorded = false;
  const end = () => {
    state.isRecorded = true;
    parts.signal.wake();
  };
  recording.then(end, end);
  return true;
}

const isDelivered = ({ result }: Try) => result === 'delivered';

/**
 * Records results and the position. Events that are skipped move the position only with the next results, or
 * after many of them. Returns false if the subscription has changed since the worker has started.
 */
async function recordResults({ context, subscription, form, closing }: Parts, state: State): Promise<boolean> {
  // The result of an aborted request is not known: the next worker tries the event again.
  if (closing.aborted) return false;
  takeBackUnreachable(state);
  const { results, removed, progress } = state;
  for (const { task } of results) if (task.isFresh) progress.done(task.offset);
  const position = progress.position();
  if (results.length + removed.length === 0 && position - state.recorded < pageSize) return true;
  state.results = [];
  state.removed = [];
  const ended = results.map(({ task, tried }) => ({ task, tried, delivery: toDelivery(context, form, task, tried) }));
  const wasDead = isDead(state);
  for (const { tried } of results) state.failures = isDelivered(tried) ? 0 : state.failures + 1;
  const record = {
    fresh: ended.filter(({ task }) => task.isFresh).map(({ task, delivery }) => ({ ...delivery, eventAt: task.at })),
    repeated: ended.filter(({ task }) => !task.isFresh).map(({ delivery }) => delivery),
    isGone: results.some(({ tried }) => tried.result === 'gone'),
    releaseAt: wasDead && !isDead(state) ? context.clock.now() : undefined,
    ...{ removed, position, dropped: progress.takeDropped() + removed.length },
  };
  if (!(await context.store.subscriptions.record(subscription, record))) return false;
  countResults(context, subscription, results);
  state.recorded = position;
  for (const { task } of results) state.inFlight.delete(task.offset);
  const waiting = ended.filter(({ delivery }) => delivery.state === 'waiting');
  state.waiting += waiting.length - record.repeated.length - removed.length;
  // What waits now may be due before the delivery that was looked up.
  if (record.releaseAt !== undefined) state.nextDue = 0;
  state.nextDue = Math.min(state.nextDue, ...waiting.map(({ delivery }) => delivery.dueAt ?? 0));
  return !record.isGone;
}

function countResults({ meters, clock }: Context, { form }: Subscription, results: State['results']): void {
  for (const { task, tried } of results) {
    const { result: outcome, duration } = tried;
    if (outcome === 'unreachable') continue;
    meters.count('huizhi_event_tries_total', { form, outcome });
    meters.observe('huizhi_event_try_duration_seconds', { form }, duration / 1000);
    if (outcome === 'delivered' && task.isFresh && task.at !== null)
      meters.observe('huizhi_event_lag_seconds', { form }, Math.max(0, clock.now() - task.at) / 1000);
  }
}

/** Takes events back for which there was no receiver: new ones into the queue, others into the list of those that wait. */
function takeBackUnreachable(state: State): void {
  const back = state.results.filter(({ tried }) => tried.result === 'unreachable').map(({ task }) => task);
  if (back.length === 0) return;
  state.results = state.results.filter(({ tried }) => tried.result !== 'unreachable');
  for (const { offset } of back) state.inFlight.delete(offset);
  const fresh = back.filter(({ isFresh }) => isFresh);
  state.queue = [...fresh, ...state.queue].toSorted((a, b) => a.offset - b.offset);
  state.nextDue = 0;
  state.isUnreachable = true;
  state.lookAt = performance.now() + reachInterval;
}

function toDelivery(context: Context, form: Form, { offset, tries }: Task, tried: Try): EventDelivery {
  const { status, answer, duration, retryAfter } = tried;
  const next = isDelivered(tried) ? undefined : form.findNextTry(tries + 1, retryAfter);
  return {
    seq: offset,
    state: isDelivered(tried) ? 'delivered' : next === undefined ? 'failed' : 'waiting',
    tries: tries + 1,
    dueAt: next ?? null,
    triedAt: context.clock.now(),
    ...{ status, answer, duration },
  };
}
