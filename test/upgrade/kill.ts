import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const preload = join(import.meta.dirname, 'kill-sqlite.ts');

/** How a process has ended. */
export type End = { readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly error: string };

function launch(database: string, node: readonly string[], env: Readonly<Record<string, string>>) {
  const args = [...node, main, 'migrate', '--database', database, '--log-level', 'warn'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } });
  let error = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    error += text;
  });
  const ended = once(child, 'close').then(([code, signal]): End => ({ code, signal, error }));
  return { child, ended };
}

/** Runs `huizhi migrate` to its end. */
export const migrate = (database: string): Promise<End> => launch(database, [], {}).ended;

/** A way to kill `huizhi migrate` before one of its statements. */
export type Killer = {
  /** Runs it to its end; returns the number of statements. */
  count(database: string): Promise<number>;
  kill(database: string, at: number): Promise<End>;
};

/** A process on SQLite kills itself. */
export const sqliteKiller: Killer = {
  async count(database) {
    const file = `${database}.count`;
    const end = await launch(database, ['--import', preload], { HUIZHI_TEST_COUNT: file }).ended;
    if (end.code !== 0 || !existsSync(file)) throw new Error(`it ended with ${end.code}: ${end.error}`);
    const count = Number(readFileSync(file, 'utf8'));
    rmSync(file);
    return count;
  },
  kill: (database, at) => launch(database, ['--import', preload], { HUIZHI_TEST_KILL_AT: String(at) }).ended,
};

/** A process on PostgreSQL is made to wait within a statement, killed, and its connection released. */
export const postgresKiller: Killer = {
  async count(database) {
    const tripwire = await layTripwire(database, 0);
    const end = await launch(database, [], {}).ended;
    if (end.code !== 0) throw new Error(`it ended with ${end.code}: ${end.error}`);
    return tripwire.remove();
  },
  async kill(database, at) {
    const tripwire = await layTripwire(database, at);
    const { child, ended } = launch(database, [], {});
    await tripwire.reached(() => child.exitCode !== null);
    child.kill('SIGKILL');
    const end = await ended;
    await tripwire.remove();
    return end;
  },
};

/** The advisory lock for which the process is made to wait. */
const lock = '7301, 1';

/** Counts every change of the schema and every write into an existing table; the one with the given number waits. */
const tripwireOf = (at: number) => `
  create schema upgrade_test;
  create sequence upgrade_test.steps;
  create function upgrade_test.count_step() returns void language plpgsql as $$
    begin if nextval('upgrade_test.steps') = ${at} then perform pg_advisory_xact_lock(${lock}); end if; end $$;
  create function upgrade_test.on_write() returns trigger language plpgsql as $$
    begin perform upgrade_test.count_step(); return null; end $$;
  create function upgrade_test.on_change() returns event_trigger language plpgsql as $$
    begin perform upgrade_test.count_step(); end $$;
  do $$ declare name regclass; begin
    for name in select oid from pg_class
      where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace loop
      execute format('create trigger upgrade_test after insert or update or delete on %s for each statement
        execute function upgrade_test.on_write()', name);
    end loop;
  end $$;
  create event trigger upgrade_test_change on ddl_command_end execute function upgrade_test.on_change();
  select pg_advisory_lock(${lock})`;

async function layTripwire(database: string, at: number) {
  const client = postgres(database, { max: 1, onnotice: () => {} });
  const tell = async (text: string) => (await client.unsafe(text).simple().values()) as unknown as unknown[][];
  await tell(tripwireOf(at));
  const waiting = `select count(*) from pg_locks where locktype = 'advisory' and classid = 7301 and not granted
    and database = (select oid from pg_database where datname = current_database())`;
  return {
    /** Resolves when the process waits. */
    async reached(hasEnded: () => boolean): Promise<void> {
      while (Number((await tell(waiting))[0]?.[0]) === 0) {
        if (hasEnded()) throw new Error(`it came to its end before statement ${at}`);
      }
    },
    /** Releases what waits, and removes the counters; returns the count. */
    async remove(): Promise<number> {
      await tell(`select pg_advisory_unlock(${lock})`);
      const [row] = await tell(`select case when is_called then last_value else 0 end from upgrade_test.steps`);
      await tell('drop event trigger upgrade_test_change; drop schema upgrade_test cascade');
      await client.end();
      return Number(row?.[0]);
    },
  };
}
