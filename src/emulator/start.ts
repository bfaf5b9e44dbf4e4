import { hash } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type Composed, compose } from '../compose.ts';
import { demoSetup, findFirstSender } from '../config/demo.ts';
import { type Config, UsageError } from '../config/options.ts';
import { type Flags, readConfig } from '../config/read.ts';
import { waitUntilIdle } from '../emulation.ts';
import { createSocketServer } from '../http/server/socket/socket.ts';
import { silentLog } from '../log.ts';
import { listen, version } from '../server.ts';
import { didYouMean } from '../wire/did-you-mean.ts';
import { vendorHosts } from '../wire/vendor/hosts.ts';
import { createEmulator, type Transport } from './controls.ts';
import { interceptCalls, refuseSecondIntercept, replaceVendorHost } from './intercept.ts';
import type { Emulator, EmulatorOptions } from './types.ts';

/** Start time of the clock with a seed: a Monday, 9:00 in Shanghai. */
const seededNow = Date.parse('2026-01-05T01:00:00Z');

/** Starts an emulator; see `startEmulator()`. */
export async function run(options: EmulatorOptions): Promise<Emulator> {
  refuseUnknown(options);
  const isIntercepting = readIntercept(options);
  // Loaded here, because zod and the schemas of a setup would delay every start.
  const setup = options.setup ? (await import('./setup.ts')).parseSetup(options.setup) : demoSetup;
  const seed = options.seed === undefined ? undefined : String(options.seed);
  const config = {
    ...(await readOptions(options)),
    setup,
    ...(seed === undefined ? {} : deriveSecrets(seed)),
    ...(isIntercepting ? { trustedHosts: vendorHosts } : {}),
  };
  const begin = {
    time: options.now !== undefined ? parseTime(options.now) : seed === undefined ? undefined : seededNow,
    frozen: options.frozen ?? seed !== undefined,
  };
  const composed = await compose(config, silentLog, version, { emulation: { seed, begin } });
  try {
    const adminToken = (await composed.storeAdminToken()) ?? '';
    const door =
      options.socket === false
        ? createFetchTransport(composed)
        : await openSocketTransport(composed, config, { isSeeded: seed !== undefined, isIntercepting });
    const { app, robot, userIds } = findFirstSender(setup) ?? {};
    return createEmulator(composed, door, {
      credentials: { appKey: app?.appKey ?? '', appSecret: app?.appSecret ?? '' },
      corpId: app?.corpId ?? '',
      agentId: composed.context.directory.now.app(app?.appKey ?? '')?.agentId ?? 0,
      robotCode: robot?.robotCode ?? '',
      userIds: userIds ?? [],
      adminToken,
    });
  } catch (error) {
    await composed.close();
    throw error;
  }
}

/** Every option, and whether the command `dev` has the same one. */
const optionNames: Readonly<Record<keyof EmulatorOptions, boolean>> = {
  setup: false,
  seed: false,
  now: false,
  frozen: false,
  socket: false,
  intercept: false,
  port: true,
  readWindow: true,
  readTimestamp: true,
  qpsLimit: true,
  streamLifetime: true,
  streamConnections: true,
  streamRepeat: true,
};

/**
 * Throws a UsageError for a mistyped option, and for options of `dev` that a test must not have, such as a database
 * file.
 */
function refuseUnknown(options: EmulatorOptions): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(optionNames, name));
  if (unknown === undefined) return;
  throw new UsageError(`startEmulator has no option ${unknown}.${didYouMean(unknown, Object.keys(optionNames))}`);
}

/** Latest start time. processQueryKeys and request ids store times in 48 bits, which reach some centuries further. */
const latestTime = Date.parse('9999-12-31T23:59:59.999Z');

function parseTime(now: Date | number): number {
  const time = typeof now === 'string' ? Number.NaN : Number(now);
  if (Number.isInteger(time) && time >= 0 && time <= latestTime) return time;
  throw new UsageError(`now must be a Date or epoch milliseconds, from 1970 to 9999, not ${String(now)}.`);
}

/**
 * Validates the options shared with `dev`, with the same rules as its command line. Ignores the environment variables
 * of this process.
 */
function readOptions({ port = 0, ...options }: EmulatorOptions): Promise<Config> {
  const given = Object.entries({ port, logLevel: 'silent', ...options }).flatMap(([name, value]) =>
    optionNames[name as keyof EmulatorOptions] === false || value === undefined
      ? []
      : [[name, { text: String(value), source: name }] as const],
  );
  const flags: Flags = new Map(given);
  return readConfig('dev', flags, { environment: {}, terminal: false });
}

function deriveSecrets(seed: string): Pick<Config, 'secret' | 'adminToken'> {
  const derive = (what: string) => hash('sha256', `huizhi ${what}\0${seed}`);
  return { secret: derive('secret'), adminToken: derive('admin token') };
}

function createFetchTransport(composed: Composed): Transport {
  return { url: 'http://huizhi.test', waitUntilIdle: () => waitUntilIdle(composed), close: async () => {} };
}

/** Throws a UsageError if calls cannot be intercepted. */
function readIntercept({ intercept = false, socket }: EmulatorOptions): boolean {
  if (intercept && socket === false) throw new UsageError('intercept: true needs a socket: omit socket: false.');
  if (intercept) refuseSecondIntercept();
  return intercept;
}

async function interceptOrClose(port: number, server: Server): Promise<() => void> {
  try {
    return await interceptCalls(port);
  } catch (error) {
    server.close();
    throw error;
  }
}

async function openSocketTransport(
  composed: Composed,
  config: Config,
  { isSeeded, isIntercepting }: { readonly isSeeded: boolean; readonly isIntercepting: boolean },
): Promise<Transport> {
  const { app, context } = composed;
  const serve = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    if (isIntercepting) replaceVendorHost(incoming, new URL(url).host);
    if (isSeeded) outgoing.setHeader('date', new Date(context.clock.now()).toUTCString());
    void waitUntilIdle(composed).then(() => app.listener(incoming, outgoing));
  };
  const server = createSocketServer(serve, silentLog, { upgrade: app.upgrade, onRefusal: app.onRefusal });
  const url = await listen(server, config, { port: 'port', host: 'host' });
  const undo = isIntercepting ? await interceptOrClose(Number(new URL(url).port), server) : undefined;
  return {
    url,
    waitUntilIdle: () => waitUntilIdle(composed),
    close() {
      undo?.();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      void context.hub.disconnectAll();
      server.closeAllConnections();
      return closed;
    },
  };
}
