import type { Config } from './config.ts';
import { systemClock, testClock } from './core/clock.ts';
import { type Context, liveDirectory } from './core/context.ts';
import { createDeliverer } from './core/deliver.ts';
import { type Controls, createControls, type Snapshot, takeSnapshot } from './core/emulator.ts';
import { createEvents } from './core/events.ts';
import { createRateLimit } from './core/rate.ts';
import { createRetention } from './core/retention.ts';
import { type ReplaceableSeal, replaceableSeal } from './core/seal.ts';
import { createSecrets, hashToken, randomText } from './core/secrets.ts';
import { applySetup } from './core/setup.ts';
import { createSlowDown } from './core/slow-down.ts';
import { ownInbox } from './core/upstream.ts';
import { type App, createApp } from './http/app.ts';
import type { Log } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createCache } from './store/cache.ts';
import { openStore } from './store/open.ts';
import type { Store } from './store/store.ts';

/** Everything of a server but its socket. */
export type Composed = {
  readonly app: App;
  readonly context: Context;
  readonly adminToken: string | undefined;
  endStreams(): void;
  close(): Promise<void>;
};

/** log2 of scrypt's cost: in the emulator a token, and the start, have to be quick, and there is nothing to protect. */
const scryptCost = { dev: 10, serve: 14 };

/** Builds the store, the context and the app by a configuration, and takes up what an earlier process left undone. */
export async function compose(config: Config, log: Log, version: string): Promise<Composed> {
  const store = await openStore(config.database);
  try {
    return await composeOn(store, config, log, version);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function composeOn(store: Store, config: Config, log: Log, version: string): Promise<Composed> {
  const isDev = config.command === 'dev';
  const seal = replaceableSeal(await serverSecret(store, config));
  const admin = await adminSecret(store, config);
  const controls = isDev ? createControls(testClock(), seal) : undefined;
  const clock = controls?.clock ?? systemClock();
  const { context, metrics } = await createContext(store, config, log, {
    seal,
    clock,
    controls,
    adminHash: admin.hash,
  });
  if (config.setup) await applySetup(context, config.setup);
  if (!isDev) await refuseEmpty(context);
  const retention = createRetention(context);
  const app = createApp({
    context,
    operations: { version, metrics: metrics.scrape },
    observe: metrics.request,
    ...(controls ? { emulator: { controls, initial: await initialState(context, controls) } } : {}),
  });
  await context.deliverer.takeUp();
  retention.sweep().catch((error: unknown) => log.error({ err: error }, 'retention will be tried again'));
  return {
    app,
    context,
    adminToken: admin.shown,
    endStreams: () => context.events.end(),
    async close() {
      await retention.close();
      await context.deliverer.close();
      await store.close();
    },
  };
}

type Made = {
  readonly seal: ReplaceableSeal;
  readonly clock: Context['clock'];
  readonly controls: Controls | undefined;
  readonly adminHash: string;
};

async function createContext(
  store: Store,
  config: Config,
  log: Log,
  made: Made,
): Promise<{ context: Context; metrics: Metrics }> {
  const { seal, clock, controls } = made;
  const events = createEvents();
  const metrics = createMetrics({ queueDepth: async () => store.pendingCount(), streams: events.followers });
  const upstream = controls?.upstream ?? ownInbox;
  const deliverer = createDeliverer({
    store,
    clock,
    events,
    upstream,
    log,
    onDelivered(message, touched, lag) {
      metrics.delivered(lag);
      controls?.readers.arrived(context, message, touched);
    },
  });
  const context: Context = {
    store,
    clock,
    seal,
    events,
    deliverer,
    log,
    secrets: createSecrets(config.command === 'dev' ? scryptCost.dev : scryptCost.serve),
    directory: await liveDirectory(store),
    rate: createRateLimit(clock, config.qpsLimit),
    slowDown: createSlowDown(),
    openedTokens: createCache(8192),
    options: {
      readWindow: config.readWindow,
      retention: config.retention,
      readTimestamp: config.readTimestamp,
      adminTokenHash: made.adminHash,
      openSignIn: config.command === 'dev',
    },
  };
  return { context, metrics };
}

/** The state that a reset goes back to: that of the start. */
function initialState(context: Context, controls: Controls): Promise<Snapshot> {
  return takeSnapshot(context, controls);
}

/** The secret that seals tokens and keys: given, or made on first start and kept in the database. */
async function serverSecret(store: Store, config: Config): Promise<string> {
  return config.secret ?? (await store.keepSetting('secret', randomText(32)));
}

/** The operator's token: given, or made on first start, when it is shown once; in `dev` a new one is shown at each start. */
async function adminSecret(store: Store, config: Config): Promise<{ hash: string; shown: string | undefined }> {
  const isDev = config.command === 'dev';
  if (config.adminToken !== undefined) {
    return { hash: hashToken(config.adminToken), shown: isDev ? config.adminToken : undefined };
  }
  const fresh = randomText(24);
  if (isDev) return { hash: hashToken(fresh), shown: fresh };
  const hash = await store.keepSetting('adminTokenHash', hashToken(fresh));
  return { hash, shown: hash === hashToken(fresh) ? fresh : undefined };
}

/** A server that knows no organization cannot do anything; better to say so than to run. */
async function refuseEmpty({ directory }: Context): Promise<void> {
  if (directory.now.organizations().length > 0) return;
  throw new EmptyError();
}

/** The database holds no organization, and no configuration file names one. */
export class EmptyError extends Error {
  constructor() {
    super('the database holds no organization yet: name one in a configuration file (huizhi.yaml, or --config)');
    this.name = 'EmptyError';
  }
}
