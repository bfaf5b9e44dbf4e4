/**
 * Runs a limited number of jobs at a time. Groups are served round-robin, so many jobs of one group do not delay the
 * first job of another.
 */
export type FairQueue = {
  /** Queues a job. Settles as the job does. */
  run<T>(group: string, job: () => Promise<T>): Promise<T>;
};

/** @param workers the number of jobs that run at the same time */
export function createFairQueue(workers: number): FairQueue {
  const groups = new Map<string, (() => Promise<void>)[]>();
  let running = 0;
  const next = (): (() => Promise<void>) | undefined => {
    const [group, jobs] = groups.entries().next().value ?? [];
    if (group === undefined || jobs === undefined) return undefined;
    const job = jobs.shift();
    // Move the group to the end, or remove it if it has no more jobs.
    groups.delete(group);
    if (jobs.length > 0) groups.set(group, jobs);
    return job;
  };
  const fill = () => {
    while (running < workers) {
      const job = next();
      if (job === undefined) return;
      running++;
      void job().finally(() => {
        running--;
        fill();
      });
    }
  };
  return {
    run: (group, job) =>
      new Promise((resolve, reject) => {
        const settle = () => job().then(resolve, reject);
        const jobs = groups.get(group);
        if (jobs) jobs.push(settle);
        else groups.set(group, [settle]);
        fill();
      }),
  };
}
