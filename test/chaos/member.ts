import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Launched, launch, type Server } from '../crash/server.ts';
import type { Ledger } from './ledger.ts';
import type { Machine } from './machine.ts';
import type { Relay } from './proxy.ts';

/** One huizhi process, which may be killed and started again. */
export type Member = {
  readonly name: string;
  /** Its proxy to PostgreSQL. */
  readonly proxy: Relay | undefined;
  pid(): number;
  /** Its URL; undefined while it does not listen. */
  url(): URL | undefined;
  /** Resolves when it listens. */
  ready(): Promise<void>;
  kill(): Promise<void>;
  start(): void;
  /** Kills it if it runs, and resolves when it listens again, or when it exits instead, which is a finding. */
  restart(): Promise<void>;
  /** Sets its clock ahead by so many seconds, where the world has clocks of its own. */
  setClock(seconds: number): void;
  /** The end of its log. */
  tail(): string;
};

export type MemberPlan = {
  readonly name: string;
  readonly folder: string;
  readonly database: string;
  readonly proxy: Relay | undefined;
  /** The library that changes its clock, if the kind of fault needs that. */
  readonly faketime: string | undefined;
};

/** Characters of a log that a finding quotes. */
const tailLength = 400;

/** Creates a process without starting it. */
export function createMember(machine: Machine, ledger: Ledger, plan: MemberPlan): Member {
  const { name, folder, database, proxy, faketime } = plan;
  const clockFile = join(folder, `${name}.clock`);
  const env = faketime === undefined ? {} : clockOf(faketime, clockFile);
  const setClock = (seconds: number) => writeFileSync(clockFile, `${seconds < 0 ? '' : '+'}${seconds}`);
  setClock(0);
  let launched: Launched | undefined;
  let server: Server | undefined;
  let ready: Promise<void> = Promise.resolve();
  let log = '';
  const start = () => {
    const current = launch(folder, database, env);
    const disown = machine.own(current.pid);
    launched = current;
    void current.exited.then(() => {
      disown();
      if (launched !== current) return;
      ledger.findings.push({ wrong: 'stuck', what: `${name} ended by itself: ${tail()}` });
      log += server?.log() ?? '';
      server = undefined;
    });
    ready = current.ready.then((started) => {
      if (launched === current) server = started;
    });
    // A process that is killed before it listens leaves its waiters no other sign.
    ready.catch((error: unknown) => {
      log += String(error);
    });
  };
  const tail = () => `${log}${server?.log() ?? ''}`.slice(-tailLength);
  const kill = async () => {
    const killed = launched;
    log += server?.log() ?? '';
    launched = undefined;
    server = undefined;
    await killed?.kill();
  };
  return {
    ...{ name, proxy, start, kill, setClock },
    pid: () => launched?.pid ?? 0,
    url: () => server?.url,
    ready: () => ready,
    async restart() {
      await kill();
      start();
      await ready.catch(() => {});
    },
    tail,
  };
}

/** A jump of the clock does not affect the monotonic clock, which timers use. */
const clockOf = (library: string, file: string) => ({
  LD_PRELOAD: library,
  FAKETIME_TIMESTAMP_FILE: file,
  FAKETIME_NO_CACHE: '1',
  FAKETIME_DONT_FAKE_MONOTONIC: '1',
});
