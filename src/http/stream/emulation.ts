import type { IncomingMessage } from 'node:http';
import type { Controls } from '../../core/dev/controls.ts';
import { faultError } from '../../core/dev/faults.ts';
import { WireError, wireError } from '../../wire/errors.ts';
import { createRequestId } from '../server/request-id.ts';

/** The emulator's part in handshakes. */
export type HandshakeEmulation = {
  /** Runs a handshake with the fault of a matching rule. Resolves to undefined if the connection is to be dropped. */
  run<T>(incoming: IncomingMessage, admit: () => Promise<T>): Promise<T | undefined>;
};

/** Creates the emulator's part in handshakes: faults, and records in the journal of requests. */
export function createHandshakeEmulation({ faults, journal, clock, stopwatch }: Controls): HandshakeEmulation {
  const record = (incoming: IncomingMessage, at: number, started: number, status: number, error?: WireError) => {
    const [path = '', query = ''] = (incoming.url ?? '').split('?', 2);
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, value ?? '']));
    const request = { at, method: 'GET', path, query, headers, body: '', requestId: createRequestId() };
    const found = error && { code: error.code, why: error.why };
    journal.add({ ...request, status, answer: '', error: found, durationMs: stopwatch() - started });
  };
  return {
    async run(incoming, admit) {
      const at = clock.now();
      const started = stopwatch();
      const path = (incoming.url ?? '').split('?', 1)[0] ?? '';
      // Only rules that name the path, so that a rule for all calls does not end connections.
      const isMeant = faults.rules().some((rule) => rule.path === path);
      const call = { method: 'GET', path, robotCode: undefined, isOldHost: false };
      const fault = isMeant ? faults.match(call) : undefined;
      const isCut = fault?.latency !== undefined && !(await faults.wait(fault.latency));
      if (fault?.drop || isCut) {
        record(incoming, at, started, 0);
        return undefined;
      }
      try {
        if (fault?.error === 'authFailed')
          throw wireError('authFailed', { why: 'a fault rule of the emulator', status: 403 });
        if (fault?.error) throw faultError(fault.error);
        const admitted = await admit();
        record(incoming, at, started, 101);
        return admitted;
      } catch (error) {
        if (error instanceof WireError) record(incoming, at, started, error.status, error);
        throw error;
      }
    },
  };
}
