import type { Context, Eventually } from '../../core/context.ts';
import type { Controls } from '../../core/dev/controls.ts';
import { type Fault, faultError } from '../../core/dev/faults.ts';
import { timeHeader } from '../../wire/headers.ts';
import { type Answer, type Call, decodeAnswer } from './call.ts';
import type { Middleware } from './gateway.ts';
import { findFirstValue } from './query.ts';
import { renderError } from './render.ts';

/**
 * Creates the emulator's wrapper around the gateway. It injects the fault of a matching rule, records the request and
 * its answer in the journal, and adds the emulator's time to the response.
 */
export function createEmulatorMiddleware(
  context: Context,
  { faults, journal, clock, stopwatch }: Controls,
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
      const fault =
        faults.rules().length === 0 ? undefined : faults.match({ ...call, robotCode: findRobotCode(call, body) });
      return fault ? injectFault(context, faults, fault, known, next) : next(known);
    };
    if (call.method === 'GET') return mapEventually(handleWithFaults('', call), (answer) => record(answer, ''));
    return Promise.resolve(call.body()).then(
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

async function injectFault(
  context: Context,
  faults: Controls['faults'],
  fault: Fault,
  call: Call,
  next: (call: Call) => Eventually<Answer>,
): Promise<Answer> {
  const isCut = fault.latency !== undefined && !(await faults.wait(fault.latency));
  if (fault.drop || isCut) return { status: 500, body: '', drop: true };
  if (fault.error && fault.failedKeys) return next({ ...call, failing: { code: fault.error, keys: fault.failedKeys } });
  if (fault.error) return renderError(faultError(fault.error), call.requestId, context.log);
  return next(call);
}

function findRobotCode({ query }: Call, body: string): string | undefined {
  try {
    const value: unknown =
      body === '' ? findFirstValue(query, 'robotCode') : (JSON.parse(body) as { robotCode?: unknown }).robotCode;
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

function mapEventually<A, B>(value: Eventually<A>, next: (value: A) => B): Eventually<B> {
  return value instanceof Promise ? value.then(next) : next(value);
}
