import type { Comparison, Load, Prepared } from '../lib/against.ts';
import type { Bench } from '../lib/bench.ts';
import type { Build } from '../lib/build.ts';
import { type Server, startPostgres } from '../lib/postgres.ts';
import { type Filled, fillOverHttp } from '../lib/seed-http.ts';
import type { Plan } from '../seed.ts';
import { batchSendLoad, readStatusLoad, type Serving, serveBuild } from './serving.ts';

const recipients = 20;

/** readStatus on PostgreSQL. */
export const postgresReadStatus: Comparison = {
  title: ({ messages, recipients, poolSize }) =>
    `readStatus over ${messages} messages of ${recipients} on PostgreSQL, ${poolSize} connections`,
  prepare: (bench, builds) =>
    onDatabases(bench, builds, bench.settings, (server, postgres, { keys }) =>
      readStatusLoad(bench, server, keys, undefined, postgres.seconds),
    ),
};

/** batchSend on PostgreSQL, delivery included. */
export const postgresBatchSend: Comparison = {
  title: ({ users, poolSize }) =>
    `batchSend to ${recipients} of ${users} users on PostgreSQL, durable and delivered, ${poolSize} connections`,
  prepare: (bench, builds) =>
    onDatabases(bench, builds, { messages: 0, recipients }, (server, postgres) =>
      batchSendLoad(bench, server, recipients, postgres.seconds),
    ),
};

/** Starts each build on a copy of one database, on a server that both share. */
async function onDatabases(
  bench: Bench,
  builds: readonly Build[],
  what: Pick<Plan, 'messages' | 'recipients'>,
  load: (server: Serving, postgres: Server, filled: Filled) => Load,
): Promise<Prepared> {
  const postgres = await startPostgres(bench);
  try {
    await postgres.tell(postgres.urlOf('postgres'), 'create database filled');
    const filled = await fillOverHttp(bench, builds, postgres.urlOf('filled'), what);
    return { start: (build) => startOn(bench, postgres, build, filled, load), close: postgres.stop };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

async function startOn(
  bench: Bench,
  postgres: Server,
  build: Build,
  filled: Filled,
  load: (server: Serving, postgres: Server, filled: Filled) => Load,
) {
  const name = build.name.replaceAll(' ', '_');
  const admin = postgres.urlOf('postgres');
  await postgres.tell(admin, `drop database if exists ${name} with (force)`);
  await postgres.tell(admin, `create database ${name} template filled`);
  await postgres.tell(postgres.urlOf(name), 'vacuum (analyze)');
  const server = await serveBuild(bench, build, postgres.urlOf(name), ['--pool-size', `${bench.settings.poolSize}`]);
  return { loads: [load(server, postgres, filled)], stop: server.stop };
}
