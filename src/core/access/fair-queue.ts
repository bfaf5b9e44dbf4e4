/** Runs jobs on a few workers. Groups take turns, so that many jobs of one group do not delay the first job of another. */
export type FairQueue = {
  /** Resolves or rejects as the job does. */
  run<T>(group: string, job: () => Promise<T>): Promise<T>;
};

/** @param workers how many jobs run at the same time */
export function createFairQueue(workers: number): FairQueue {
  const groups = new Map<string, (() => Promise<void>)[]>();
  let running = 0;
  const next = (): (() => Promise<void>) | undefined => {
    const [group, jobs] = groups.entries().next().value ?? [];
    if (group === undefined || jobs === undefined) return undefined;
    const job = jobs.shift();
    // The group goes to the end of the order; one without jobs leaves it.
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
