import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { compose } from '../../../src/compose.ts';
import type { Config } from '../../../src/config/options.ts';
import type { Context } from '../../../src/core/context.ts';
import { createSocketServer } from '../../../src/http/server/socket/socket.ts';
import type { Limits } from '../../../src/server.ts';
import { config, connected, createRecorder, type Server } from './harness.ts';

/** A server in this process and the parts behind its socket, for states that no call can cause. */
export type Inside = Server & {
  readonly context: Context;
  readonly routes: readonly string[];
  /** How many connections the server has. */
  connections(): Promise<number>;
};

/** Starts one for a single test. */
export async function insideServer(
  options: Partial<Config> = {},
  limits: Limits = {},
  { seed }: { readonly seed?: string } = {},
): Promise<Inside> {
  const { log, lines } = createRecorder();
  const composed = await compose({ ...config, ...options }, log, '0.0.0', {
    bodyLimits: limits.bodies ?? {},
    streamTimes: limits.stream ?? {},
    ...(seed !== undefined && { emulation: { seed, begin: { time: 1_700_000_000_000, frozen: true } } }),
  });
  const { listener, upgrade } = composed.app;
  const server = createSocketServer(listener, log, { limits: limits.sockets ?? {}, upgrade });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stopOnce = async () => {
    composed.endStreams();
    void composed.context.hub.disconnectAll();
    server.closeAllConnections();
    server.close();
    await composed.close();
  };
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= stopOnce());
  onTestFinished(stop);
  return {
    ...connected(`http://127.0.0.1:${port}`, lines),
    stop,
    context: composed.context,
    routes: await composed.app.routes(),
    connections: promisify(server.getConnections.bind(server)),
  };
}
