import { sendText } from '../lib/api.ts';
import type { Bench, Section } from '../lib/bench.ts';
import { type Figure, plain } from '../lib/figure.ts';
import { contentOf, createMarks, follow, type Marks, type Stream } from '../lib/follow.ts';
import { type Polled, serve } from '../lib/polled.ts';
import { residentMemory } from '../lib/process.ts';
import { firstUsers, openSessions } from '../lib/sessions.ts';
import { percentile } from '../lib/stats.ts';
import { recipientsOf, robotCode, userCode } from '../seed.ts';

const recipients = 20;

/** Many open inboxes on one process: the memory of each, and the delay of a message in twenty of them. */
export const streamsSection: Section = {
  title: ({ streams }) =>
    `${streams} open inbox streams of as many people on one process: memory of each, and sends to ${recipients} of them, one after the other`,
  async run(bench) {
    const { workspace, settings } = bench;
    const empty = await workspace.seeded({ messages: 0, recipients, users: settings.users });
    const path = workspace.copy(empty.path, 'streams');
    const sessions = await openSessions(path, firstUsers(settings.streams));
    const huizhi = await serve(bench, { ...empty, path });
    const marks = createMarks();
    const streams: Stream[] = [];
    try {
      const before = residentMemory(huizhi.pid).now;
      for (const session of sessions) {
        streams.push(await follow(huizhi.url, session, (data) => marks.mark(contentOf(data))));
      }
      const open = residentMemory(huizhi.pid).now - before;
      const times = await fanOuts(bench, huizhi, marks);
      const used = residentMemory(huizhi.pid).now - before;
      return figures(settings.streams, { open, used }, times);
    } finally {
      for (const stream of streams) stream.close();
      await huizhi.stop();
      workspace.drop(path);
    }
  },
};

type Times = { readonly acknowledged: readonly number[]; readonly everywhere: readonly number[] };

/**
 * Sends one after the other, each when the one before is in every stream; returns the milliseconds since the request.
 */
async function fanOuts({ settings }: Bench, { url, headers }: Polled, marks: Marks): Promise<Times> {
  const acknowledged: number[] = [];
  const everywhere: number[] = [];
  for (let i = 0; i < settings.fanOuts; i++) {
    const started = performance.now();
    const seen = marks.wait(`${i}`, recipients);
    await sendText(url, headers, robotCode, someOf(settings.streams, i), `${i}`);
    acknowledged.push(performance.now() - started);
    everywhere.push((await seen) - started);
  }
  return { acknowledged, everywhere };
}

function someOf(streams: number, draw: number): readonly string[] {
  return recipientsOf({ users: streams, recipients, messages: 0, firstSentAt: 0, span: 0 }, draw).map(userCode);
}

function figures(
  streams: number,
  memory: { open: number; used: number },
  { acknowledged, everywhere }: Times,
): Figure[] {
  return [
    plain('memory of a stream, when all are open', memory.open / streams / 1000, 'kB'),
    plain('memory of a stream, after the sends', memory.used / streams / 1000, 'kB'),
    plain('from the request to the last stream, half within', percentile(everywhere, 0.5), 'ms', everywhere),
    plain('from the request to the last stream, 99 % within', percentile(everywhere, 0.99), 'ms'),
    plain('from the request to its answer, half within', percentile(acknowledged, 0.5), 'ms'),
    plain('from the request to its answer, 99 % within', percentile(acknowledged, 0.99), 'ms'),
  ];
}
