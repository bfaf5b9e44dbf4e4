import type { Context } from '../context.ts';
import type { Neighbours } from './notifications.ts';

/** Brings this process and the others to what the database holds after a write whose outcome is unknown. */
export type Convergence = {
  /** Called when the answer to a commit was lost. */
  begin(): void;
  close(): void;
};

/** Milliseconds of the machine until the next try, while the database cannot be used. */
const retryAfter = 500;

type Parts = Pick<Context, 'directory' | 'events' | 'admissions' | 'log'> & { readonly neighbours: Neighbours };

/**
 * Creates the convergence of one process. What a request does after its write (refresh the directory, publish to streams, re-check their
 * followers) is made up for here, since the request failed and did none of it. Undelivered messages are left to the delivery sweep.
 */
export function createConvergence({ directory, events, admissions, neighbours, log }: Parts): Convergence {
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const schedule = () => {
    if (closed || timer) return;
    timer = setTimeout(converge, retryAfter);
    timer.unref();
  };
  const converge = async () => {
    timer = undefined;
    try {
      await directory.refresh();
    } catch (err) {
      log.debug({ err }, 'cannot read the directory after a write of unknown outcome, and will try again');
      return schedule();
    }
    events.heard(events.followed());
    admissions.receive();
    neighbours.outcomeUnknown();
  };
  return {
    begin() {
      if (!timer) log.warn({}, 'the answer to a commit was lost: reading again what may have changed');
      schedule();
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
