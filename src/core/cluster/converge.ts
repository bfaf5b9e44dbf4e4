import type { Context } from '../context.ts';
import type { Notifications } from './notifications.ts';
import { createRetry, retryAfter } from './retry.ts';

/** After a write whose outcome is unknown, makes all processes read again what the write may have changed. */
export type Convergence = {
  /** Must be called when the database's reply to a commit was lost. */
  begin(): void;
  close(): void;
};

type Parts = Pick<Context, 'directory' | 'events' | 'admissions' | 'log'> & { readonly notifications: Notifications };

/**
 * Creates the convergence of one process. After its write, a request refreshes the directory, wakes event streams and
 * re-checks their authorization. A request whose commit was not acknowledged fails before that, so all of it is done
 * here. Undelivered messages are left to the delivery sweep.
 */
export function createConvergence({ directory, events, admissions, notifications, log }: Parts): Convergence {
  const converge = async () => {
    await directory.refresh();
    events.receive(events.subscribedStreams());
    admissions.receive();
    notifications.outcomeUnknown();
  };
  const retry = createRetry(converge, (err) =>
    log.debug({ err }, 'cannot read the directory after a write of unknown outcome, and will try again'),
  );
  return {
    begin() {
      if (retry.begin(retryAfter)) log.warn({}, 'the reply to a commit was lost: reading again what may have changed');
    },
    close: retry.close,
  };
}
