import type { Eventually } from '../../core/context.ts';
import type { Controls } from '../../core/dev/controls.ts';
import { type Fault, faultError, faultReason, type MatchedCall } from '../../core/dev/faults.ts';
import { OldHostError } from '../../wire/error-table/errcode.ts';
import type { WireError } from '../../wire/errors.ts';
import { timeHeader } from '../../wire/headers.ts';
import { isOldHost, toOldHostError } from '../vendor/old-host.ts';
import { type Answer, type Call, decodeAnswer } from './call.ts';
import type { Middleware } from './gateway.ts';
import { findFirstValue } from './query.ts';

/**
 * Creates the emulator's wrapper around the gateway. `isStreamed` tells which calls have a body that must not be read
 * here. It injects the fault of a matching rule, records the request and
 * its answer in the journal, and adds the emulator's time to the response.
 */
export function createEmulatorMiddleware(
  { faults, journal, clock, stopwatch }: Controls,
  isStreamed: (call: Call) => boolean,
): Middleware {
  return (call, next) => {
    const started = stopwatch();
    const at = clock.now();
    const record = (answer: Answer, body: string) => {
      const { method, path, query, requestId } = call;
      const error = answer.error && { code: answer.error.code, why: answer.error.why };
      const status = answer.drop ? 0 : answer.status;
      const durationMs = stopwatch() - started;
      const fields = {
        at,
        method,
        path,
        query,
        headers: call.headers(),
        body,
        status,
        requestId,
        error,
        durationMs,
      };
      journal.add({ ...fields, answer: answer.drop ? '' : decodeAnswer(answer) });
      return { ...answer, headers: { ...answer.headers, [timeHeader]: String(clock.now()) } };
    };
    const handleWithFaults = (body: string, known: Call): Eventually<Answer> => {
      const fault = faults.rules().length === 0 ? undefined : faults.match(toMatchedCall(call, body));
      return fault ? injectFault(faults, fault, known, next) : next(known);
    };
    // A streamed body is read by its handler alone, which says what it has received.
    if (call.method === 'GET' || isStreamed(call))
      return mapEventually(handleWithFaults('', call), (answer) => record(answer, answer.received ?? ''));
    return readBody(call).then(
      (body) => mapEventually(handleWithFaults(body, { ...call, body: () => body }), (answer) => record(answer, body)),
      // The gateway reports a bad body only after a bad path or token, so the error is passed on instead of thrown
      // here.
      (error: unknown) =>
        mapEventually(handleWithFaults('', { ...call, body: () => Promise.reject(error) }), (answer) =>
          record(answer, ''),
        ),
    );
  };
}

/** Reads the body of a call; rejects also if reading throws. */
async function readBody(call: Call): Promise<string> {
  return call.body();
}

async function injectFault(
  faults: Controls['faults'],
  fault: Fault,
  call: Call,
  next: (call: Call) => Eventually<Answer>,
): Promise<Answer> {
  const isCut = fault.latency !== undefined && !(await faults.wait(fault.latency));
  if (fault.drop || isCut) return { status: 500, body: '', drop: true };
  if (fault.error && fault.failedKeys) return next({ ...call, failing: { code: fault.error, keys: fault.failedKeys } });
  const error = createError(fault, call);
  return next(error ? { ...call, fault: error } : call);
}

/** Creates the error of a rule, in the form that the call's family of paths has. */
function createError({ error, errcode }: Fault, { path }: Call): WireError | OldHostError | undefined {
  if (errcode === 88) return toOldHostError(faultError('InvalidAuthentication'));
  if (errcode === 90018) return new OldHostError(errcode, faultReason, { retryAfter: 1 });
  if (errcode !== undefined) return new OldHostError(errcode, faultReason, { fill: { name: 'parameter' } });
  if (error === undefined) return undefined;
  return isOldHost(path) ? toOldHostError(faultError(error)) : faultError(error);
}

function toMatchedCall(call: Call, body: string): MatchedCall {
  const { method, path } = call;
  return { method, path, robotCode: findRobotCode(call, body), isOldHost: isOldHost(path) };
}

function findRobotCode({ query }: Call, body: string): string | undefined {
  try {
    const value = body === '' ? findFirstValue(query, 'robotCode') : parseRobotCode(body);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the code of the robot that a body names; one call names it by `chatbotId`. */
function parseRobotCode(body: string): unknown {
  const { robotCode, chatbotId } = JSON.parse(body) as { robotCode?: unknown; chatbotId?: unknown };
  return robotCode ?? chatbotId;
}

function mapEventually<A, B>(value: Eventually<A>, next: (value: A) => B): Eventually<B> {
  return value instanceof Promise ? value.then(next) : next(value);
}
