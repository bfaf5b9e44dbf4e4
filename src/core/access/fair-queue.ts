import { createFairTurns } from './fair-turns.ts';

/**
 * Runs a limited number of jobs at a time. Groups are served round-robin, so many jobs of one group do not delay the
 * first job of another.
 */
export type FairQueue = {
  /** Queues a job. Settles as the job does. */
  run<T>(group: string, job: () => Promise<T>): Promise<T>;
  /** Returns the number of jobs that wait. */
  waiting(): number;
};

/** @param workers the number of jobs that run at the same time */
export function createFairQueue(workers: number): FairQueue {
  const turns = createFairTurns(workers);
  return {
    waiting: turns.waiting,
    run: (group, job) =>
      new Promise((resolve, reject) => {
        turns.request([group], (turn) => void job().then(resolve, reject).finally(turn.end));
      }),
  };
}
