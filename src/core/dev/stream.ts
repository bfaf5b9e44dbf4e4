import type { PushEmulation } from '../stream/sender.ts';
import type { Controls } from './controls.ts';

/** The method of pushes in fault rules and in the list of requests; their path is the topic. */
const pushMethod = 'PUSH';

/** Creates the emulator's part in pushes: faults, and records in the journal of requests. */
export function createPushEmulation({ faults, journal, clock, stopwatch }: Controls): PushEmulation {
  return {
    match({ topic }) {
      return faults.match({ method: pushMethod, path: topic, robotCode: undefined, isOldHost: false });
    },
    wait: faults.wait,
    record({ topic, data }) {
      const at = clock.now();
      const started = stopwatch();
      return (headers, answer) => {
        const { code: status, data: text } = answer ?? { code: 0, data: '' };
        const request = { at, method: pushMethod, path: topic, query: '', headers, body: data };
        const durationMs = stopwatch() - started;
        journal.add({
          ...request,
          status,
          answer: text,
          requestId: headers.messageId ?? '',
          error: undefined,
          durationMs,
        });
      };
    },
  };
}
