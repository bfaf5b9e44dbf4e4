import { hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Composed, compose } from '../compose.ts';
import { demoSetup, findFirstSender } from '../config/demo.ts';
import { checkSetup } from '../config/file-checks.ts';
import { setupShape } from '../config/file-shape.ts';
import { type Config, UsageError } from '../config/options.ts';
import { type Flags, readConfig } from '../config/read.ts';
import type { Setup } from '../config/setup.ts';
import { moveClock } from '../core/dev/controls.ts';
import { createSocketServer } from '../http/server/socket.ts';
import { silentLog } from '../log.ts';
import { listen, version } from '../server.ts';
import { didYouMean } from '../wire/did-you-mean.ts';
import { type Door, handle } from './controls.ts';
import type { Emulator, EmulatorOptions } from './types.ts';

/** Monday morning, nine o'clock in Shanghai. */
const seededNow = Date.parse('2026-01-05T01:00:00Z');

/** Starts an emulator; see `startEmulator()`. */
export async function run(options: EmulatorOptions): Promise<Emulator> {
  refuseUnknown(options);
  const setup = options.setup ? checkedSetup(options.setup) : demoSetup;
  const seed = options.seed === undefined ? undefined : String(options.seed);
  const config = { ...(await configOf(options)), setup, ...(seed === undefined ? {} : secretsOf(seed)) };
  const begin = {
    time: options.now !== undefined ? timeOf(options.now) : seed === undefined ? undefined : seededNow,
    frozen: options.frozen ?? seed !== undefined,
  };
  const composed = await compose(config, silentLog, version, { emulation: { seed, begin } });
  try {
    const adminToken = (await composed.keepAdminToken()) ?? '';
    const door = options.socket === false ? noDoor(composed) : await openDoor(composed, config, seed !== undefined);
    const { app, robot, userIds } = findFirstSender(setup) ?? {};
    return handle(composed, door, {
      credentials: { appKey: app?.appKey ?? '', appSecret: app?.appSecret ?? '' },
      corpId: app?.corpId ?? '',
      robotCode: robot?.robotCode ?? '',
      userIds: userIds ?? [],
      adminToken,
    });
  } catch (error) {
    await composed.close();
    throw error;
  }
}

/** Every option, and whether `dev` has it on its command line, too. */
const optionNames: Readonly<Record<keyof EmulatorOptions, boolean>> = {
  setup: false,
  seed: false,
  now: false,
  frozen: false,
  socket: false,
  port: true,
  readWindow: true,
  readTimestamp: true,
  qpsLimit: true,
};

/** A mistyped option would be one that is silently not there, and others of `dev` are not for a test: a database outlives it. */
function refuseUnknown(options: EmulatorOptions): void {
  const stranger = Object.keys(options).find((name) => !Object.hasOwn(optionNames, name));
  if (stranger === undefined) return;
  throw new UsageError(`startEmulator has no option ${stranger}.${didYouMean(stranger, Object.keys(optionNames))}`);
}

/** The setup, as a configuration file would have to have it. */
function checkedSetup(setup: Setup): Setup {
  const parsed = setupShape.safeParse(setup);
  const findings = parsed.success
    ? checkSetup(parsed.data)
    : parsed.error.issues.map(({ path, message }) => ({ path, what: message }));
  if (!parsed.success || findings.length > 0)
    throw new TypeError(findings.map(({ path, what }) => `setup.${path.join('.')}: ${what}`).join('\n'));
  return parsed.data;
}

/** Keys and request ids hold times of 48 bits, which end some centuries later. */
const latestTime = Date.parse('9999-12-31T23:59:59.999Z');

function timeOf(now: Date | number): number {
  const time = typeof now === 'string' ? Number.NaN : Number(now);
  if (Number.isInteger(time) && time >= 0 && time <= latestTime) return time;
  throw new UsageError(`now must be a Date or epoch milliseconds, from 1970 to 9999, not ${String(now)}.`);
}

/** The options of `dev`, checked as those of a command line are, and nothing of this process's environment. */
function configOf({ port = 0, ...options }: EmulatorOptions): Promise<Config> {
  const given = Object.entries({ port, logLevel: 'silent', ...options }).flatMap(([name, value]) =>
    optionNames[name as keyof EmulatorOptions] === false || value === undefined
      ? []
      : [[name, { text: String(value), source: name }] as const],
  );
  const flags: Flags = new Map(given);
  return readConfig('dev', flags, { environment: {}, terminal: false });
}

function secretsOf(seed: string): Pick<Config, 'secret' | 'adminToken'> {
  const made = (what: string) => hash('sha256', `huizhi ${what}\0${seed}`);
  return { secret: made('secret'), adminToken: made('admin token') };
}

/** Resolves when all that was sent before has arrived, so that a test never sees the moment in between unless it asks to (`hold`). */
function settled({ context, controls }: Composed): Promise<void> {
  if (controls === undefined || controls.clock.state().frozenAt === null) return context.deliverer.idle();
  return moveClock(context, controls, { advance: 0 });
}

function noDoor(composed: Composed): Door {
  return { url: 'http://huizhi.test', settled: () => settled(composed), close: async () => {} };
}

async function openDoor(composed: Composed, config: Config, seeded: boolean): Promise<Door> {
  const { app, context } = composed;
  const serve = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    if (seeded) outgoing.setHeader('date', new Date(context.clock.now()).toUTCString());
    void settled(composed).then(() => app.listener(incoming, outgoing));
  };
  const server = createSocketServer(serve, silentLog);
  const url = await listen(server, config, { port: 'port', host: 'host' });
  return {
    url,
    settled: () => settled(composed),
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}
