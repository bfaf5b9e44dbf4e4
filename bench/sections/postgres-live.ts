import { call, readStatus, sendText } from '../lib/api.ts';
import type { Bench, Section } from '../lib/bench.ts';
import { bounded, type Figure, plain } from '../lib/figure.ts';
import { follow, type Stream } from '../lib/follow.ts';
import { type Polled, serve } from '../lib/polled.ts';
import { startPostgres } from '../lib/postgres.ts';
import { firstUsers, openSessions } from '../lib/sessions.ts';
import { percentile } from '../lib/stats.ts';
import { steadily } from '../lib/steady.ts';
import { recipientsOf, robotCode, userCode } from '../seed.ts';

/** Rates in sends a second, from the target down: a rate above what the machine can do would measure its queue only. */
const rates = [500, 400, 300, 200, 100, 50];
/** Seconds for which a rate is tried, and the milliseconds within which 99 % of its sends have to be answered. */
const trialSeconds = 3;
const bearable = 250;
/** Users whose inboxes are open on the other process. */
const watchers = 50;
/** One of this many sends is read. */
const readEvery = 25;

/** The delay until another process shows a message, and until it shows a read. */
export const postgresLiveSection: Section = {
  title: ({ recipients }) =>
    `two processes on PostgreSQL, up to ${rates[0]} sends a second to ${recipients} on one: until they are in an open inbox on the other, and until a read on one is in a readStatus of the other`,
  async run(bench) {
    const server = await startPostgres(bench);
    const running: Polled[] = [];
    const streams: Stream[] = [];
    try {
      const { recipients, users } = bench.settings;
      const seeded = await server.seeded({ messages: 0, recipients, users }, 'live');
      const sessions = await openSessions(seeded.path, firstUsers(watchers));
      const [here, there] = [await serve(bench, seeded), await serve(bench, seeded)];
      running.push(here, there);
      const trial = createTrial(here, there, sessions);
      for (const [i, session] of sessions.entries()) {
        streams.push(await follow(there.url, session, (data) => trial.arrived(i + 1, data)));
      }
      const perSecond = await trial.load(bench);
      return figures(trial.times, perSecond);
    } finally {
      for (const stream of streams) stream.close();
      for (const huizhi of running) await huizhi.stop();
      await server.stop();
    }
  },
};

type Times = { readonly arrivals: number[]; readonly reads: number[]; readonly answers: number[] };
type Sent = { readonly acknowledged?: { readonly at: number; readonly key: string }; readonly arrivedAt?: number };

/** Sends on one process, follows on the other; `times` are milliseconds. */
function createTrial(here: Polled, there: Polled, sessions: readonly string[]) {
  const times: Times = { arrivals: [], reads: [], answers: [] };
  const sent = new Map<number, Sent>();
  const reads: Promise<void>[] = [];
  const know = (number: number, more: Sent) => {
    const all = { ...sent.get(number), ...more };
    sent.set(number, all);
    const { acknowledged, arrivedAt } = all;
    // A message that arrives before its sender gets the response has no delay.
    if (acknowledged && arrivedAt !== undefined) times.arrivals.push(Math.max(0, arrivedAt - acknowledged.at));
    return all;
  };
  const readOne = async (userId: number, messageId: string, key: string) => {
    const headers = { authorization: `Bearer ${sessions[userId - 1]}` };
    await call(`${here.url}/inbox/v1/messages/read`, headers, { messageIds: [messageId] });
    const started = performance.now();
    while (!hasRead(await readStatus(there.url, there.headers, robotCode, key), userId));
    times.reads.push(performance.now() - started);
  };
  const sendOne = async (number: number, plan: Polled['seeded']['plan']) => {
    const watcher = 1 + (number % watchers);
    const others = recipientsOf(plan, number)
      .filter((userId) => userId > watchers)
      .slice(1);
    const started = performance.now();
    const key = await sendText(here.url, here.headers, robotCode, [watcher, ...others].map(userCode), `${number}`);
    const at = performance.now();
    times.answers.push(at - started);
    know(number, { acknowledged: { at, key } });
  };
  return {
    times,
    arrived(userId: number, data: string) {
      const arrivedAt = performance.now();
      const { messageId, msgParam } = JSON.parse(data) as { messageId: string; msgParam?: string };
      // The event of a read has no text.
      if (msgParam === undefined) return;
      const number = Number((JSON.parse(msgParam) as { content: string }).content);
      const { acknowledged } = know(number, { arrivedAt });
      if (acknowledged && number % readEvery === 0) reads.push(readOne(userId, messageId, acknowledged.key));
    },
    /**
     * Rounds that do not count, until a rate is found that the machine can handle, and one at that rate; returns the
     * rate.
     */
    async load({ settings, say }: Bench): Promise<number> {
      let first = 0;
      const round = async (perSecond: number, seconds: number) => {
        for (const list of [times.arrivals, times.reads, times.answers]) list.length = 0;
        const begin = first;
        const total = await steadily(perSecond, seconds, (number) => sendOne(begin + number, here.seeded.plan));
        first += total;
        while (times.arrivals.length < total) await new Promise((resolve) => setTimeout(resolve, 10));
        await Promise.all(reads.splice(0));
      };
      await round(50, 2);
      for (const perSecond of rates) {
        await round(perSecond, trialSeconds);
        const slow = percentile(times.answers, 0.99);
        if (slow > bearable && perSecond !== rates.at(-1)) {
          say(`${perSecond} sends a second are too many: 99 % within ${Math.round(slow)} ms`);
          continue;
        }
        await round(perSecond, 2 * settings.seconds);
        return perSecond;
      }
      return 0;
    },
  };
}

function hasRead(receipt: string, userId: number): boolean {
  const { messageReadInfoList } = JSON.parse(receipt) as {
    messageReadInfoList: readonly { readonly userId: string; readonly readStatus: string }[];
  };
  return messageReadInfoList.some((one) => one.userId === userCode(userId) && one.readStatus === 'READ');
}

function figures({ arrivals, reads, answers }: Times, perSecond: number): readonly Figure[] {
  return [
    bounded(plain('rate', perSecond, 'sends/s'), { bound: 'at least', value: rates[0] ?? 0 }),
    plain('from the answer to the event elsewhere, half within', percentile(arrivals, 0.5), 'ms'),
    plain('from the answer to the event elsewhere, 99 % within', percentile(arrivals, 0.99), 'ms'),
    plain('from a read to readStatus elsewhere, half within', percentile(reads, 0.5), 'ms'),
    plain('from a read to readStatus elsewhere, 99 % within', percentile(reads, 0.99), 'ms'),
    plain('from the send to its answer, half within', percentile(answers, 0.5), 'ms'),
    plain('from the send to its answer, 99 % within', percentile(answers, 0.99), 'ms'),
  ];
}
