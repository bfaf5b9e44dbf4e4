import { sendText } from '../lib/api.ts';
import type { Bench, Section } from '../lib/bench.ts';
import { bounded, type Figure, plain } from '../lib/figure.ts';
import { compareDelivery, type GroupDatabase, sendAllTheTime, serveWithLastMember } from '../lib/group-rounds.ts';
import { createGroups, type Group } from '../lib/group-world.ts';
import { startPostgres } from '../lib/postgres.ts';
import { median, percentile } from '../lib/stats.ts';
import { steadily } from '../lib/steady.ts';
import { robotCode, userCode } from '../seed.ts';

/** Messages to groups on PostgreSQL, and what other sends of the organization notice of them. */
export const postgresGroupsSection: Section = {
  title: ({ quick, rounds }) =>
    `messages to groups of ${sizes(quick).join(' and ')} members on PostgreSQL, ${rounds} rounds, against a loop that writes the same rows in as many transactions`,
  async run(bench) {
    const server = await startPostgres(bench);
    try {
      const [, users] = sizes(bench.settings.quick);
      const seeded = await server.seeded({ messages: 0, recipients: 20, users }, 'groups');
      const groups = await createGroups(seeded.path, sizes(bench.settings.quick));
      const admin = server.urlOf('postgres');
      const world: GroupDatabase = {
        ...seeded,
        async copy(name) {
          await server.tell(admin, `drop database if exists ${name} with (force)`);
          await server.tell(admin, `create database ${name} template groups`);
          return server.urlOf(name);
        },
        async drop(url) {
          await server.tell(admin, `drop database ${new URL(url).pathname.slice(1)} with (force)`);
        },
      };
      const figures: Figure[] = [];
      for (const group of groups) {
        const most = group.members >= 20_000 ? 10_000 : undefined;
        figures.push(...(await compareDelivery(bench, world, group, most)));
      }
      const [, large] = groups as readonly [Group, Group];
      figures.push(...(await measureSends(bench, world, large)));
      return figures;
    } finally {
      await server.stop();
    }
  },
};

const sizes = (isQuick: boolean) => (isQuick ? ([100, 2000] as const) : ([1000, 20_000] as const));

/** Sends per second beside the deliveries. */
const perSecond = 20;

/** The time of sends to users while messages to a large group are delivered all the time. */
async function measureSends(bench: Bench, world: GroupDatabase, group: Group): Promise<readonly Figure[]> {
  const path = await world.copy('group_waits');
  const huizhi = await serveWithLastMember(bench, { ...world, path }, group);
  try {
    const userIds = Array.from({ length: 5 }, (_, i) => userCode(i + 1));
    const times: number[] = [];
    const send = async () => {
      const started = performance.now();
      await sendText(huizhi.url, huizhi.headers, robotCode, userIds);
      times.push(performance.now() - started);
    };
    const sending = sendAllTheTime(huizhi.send);
    await steadily(perSecond, bench.settings.seconds * 4, send);
    const deliveries = await sending.stop();
    return [
      bounded(plain('batchSend during deliveries: 99 % within', percentile(times, 0.99), 'ms'), {
        bound: 'at most',
        value: 100,
      }),
      plain('batchSend during deliveries: half within', median(times), 'ms'),
      plain('until all have it, during batchSend', median(deliveries), 'ms'),
    ];
  } finally {
    await huizhi.stop();
    await world.drop(path);
  }
}
