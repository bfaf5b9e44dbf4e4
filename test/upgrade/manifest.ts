import { expect } from 'vitest';
import { compose } from '../../src/compose.ts';
import type { Config } from '../../src/config/options.ts';
import { createSocketServer } from '../../src/http/server/socket/socket.ts';
import { config, createRecorder, loud } from '../conformance/support/harness.ts';
import { eventsOf, type Manifest, untilDelivered } from './make/record.ts';
import { type Call, exchange, type Fields } from './make/world.ts';

/** Longer than the age of any message of a fixture, in milliseconds. */
const readWindow = 80 * 86_400_000;

/** A server on a database, at the time of a fixture. */
async function startAt(manifest: Manifest, database: string) {
  const { log, lines } = createRecorder();
  const { adminToken, now } = manifest;
  const given: Config = { ...config, setup: undefined, database, readWindow, adminToken };
  const composed = await compose(given, log, '0.0.0', {
    emulation: { begin: { time: now, frozen: true }, seed: undefined },
  });
  const server = createSocketServer(composed.app.listener, log);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    lines,
    async stop() {
      composed.endStreams();
      server.closeAllConnections();
      server.close();
      await composed.close();
    },
  };
}

/** Starts a server on a database and compares its answers with those of the release that made the fixture. */
export async function expectManifest(manifest: Manifest, database: string): Promise<void> {
  const server = await startAt(manifest, database);
  try {
    await untilDelivered(server.url);
    for (const { call, answer } of manifest.reads) await expectAnswer(server.url, call, answer);
    for (const { call, events } of manifest.streams)
      expect(await eventsOf(server.url, call, events.length), call.path).toMatchObject(events);
    for (const { call, answer } of manifest.writes) await expectAnswer(server.url, call, answer);
    expect(loud(server.lines)).toEqual([]);
  } finally {
    await server.stop();
  }
}

/** A later release may return more than an earlier one, but may change only what `renewed` describes. */
async function expectAnswer(url: string, call: Call, answer: Fields): Promise<void> {
  const { status, body } = await exchange(url, call);
  expect({ call, status, body }).toMatchObject({ call, status: 200, body: renewAnswer(call, answer) });
}

/**
 * Answers that have changed their meaning since the release: a mute refused messages, which is a block now, and
 * statistics without a start have seven days instead of eight, of which the first is empty here.
 */
function renewAnswer({ path }: Call, answer: Fields): Fields {
  const isMuted = (value: unknown) =>
    typeof value === 'object' && value !== null && Reflect.get(value, 'muted') === true;
  const text = JSON.stringify(answer, (_, value) =>
    isMuted(value) ? { ...value, muted: false, blocked: true, wasMute: true } : value,
  );
  const same = JSON.parse(text) as Fields;
  if (!path.startsWith('/console/v1/statistics') || path.includes('from=')) return same;
  const buckets = (same.buckets as readonly { readonly start: number }[]).slice(1);
  return { ...same, buckets, from: buckets[0]?.start };
}
