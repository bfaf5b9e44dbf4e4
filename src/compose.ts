import { demoSetup, demoTokens } from './config/demo.ts';
import { type Config, defaultMediaQuota } from './config/options.ts';
import { createStreamRechecks } from './core/access/admissions.ts';
import { createAttemptLimiter } from './core/access/attempts.ts';
import { createRandomBytes, type RandomBytes } from './core/access/random.ts';
import { createRateLimit } from './core/access/rate.ts';
import { createReplaceableSeal, type ReplaceableSeal } from './core/access/seal.ts';
import { createFastSecretHash, createSecrets, hashToken } from './core/access/secrets.ts';
import { loadAdminToken, loadServerSecret } from './core/access/server-secrets.ts';
import { watchTokenHandoff } from './core/access/token-handoff.ts';
import { internalRanges } from './core/callbacks/addresses.ts';
import { createCardUpdates } from './core/cards/updates.ts';
import { createSystemClock } from './core/clock.ts';
import { type Cluster, createCluster } from './core/cluster/cluster.ts';
import { createConvergence } from './core/cluster/converge.ts';
import { loadDirectory } from './core/cluster/directory.ts';
import type { Notifications } from './core/cluster/notifications.ts';
import { advanceRestored } from './core/cluster/restored.ts';
import type { Context } from './core/context.ts';
import { createDeliverer, findAudience } from './core/delivery/deliver.ts';
import { startDeliverySweep } from './core/delivery/delivery-sweep.ts';
import { ownInbox } from './core/delivery/upstream.ts';
import type { Controls } from './core/dev/controls.ts';
import { adoptEmulation } from './core/dev/shared.ts';
import { createEvents, everybody } from './core/events.ts';
import { createBackupSchedule } from './core/retention/backup-schedule.ts';
import { createRetention } from './core/retention/retention.ts';
import { createRetentionGuard, type RetentionGuard } from './core/retention/retention-guard.ts';
import { applySetup, type Setup } from './core/setup.ts';
import type { StreamTimes } from './core/stream/connection.ts';
import { openHub } from './core/stream/open-hub.ts';
import { createDispatcher } from './core/subscriptions/dispatcher.ts';
import { createHearings } from './core/talk/hearings.ts';
import { createWarmUp } from './core/warm-up.ts';
import { createEmulation, createEmulatorParts, type Emulation } from './emulation.ts';
import { watchGauges } from './gauges.ts';
import { type App, createApp } from './http/app.ts';
import type { AppParts } from './http/parts.ts';
import { createAccessLog } from './http/server/access-log.ts';
import type { BodyLimits } from './http/server/body/bodies.ts';
import type { UploadLimits } from './http/server/body/uploads.ts';
import type { Log } from './log.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import type { SlowStatement } from './store/engine/slow-statements.ts';
import { createTextCache } from './store/memory/cache.ts';
import { moveSetting } from './store/move/move.ts';
import { databaseExists, openStore } from './store/open.ts';
import type { Store } from './store/store.ts';
import { type OpenTracing, openTracing } from './traces.ts';
import { maxStreamConnections, streamLifetime, webhookBlock } from './wire/limits.ts';

/** A complete server without a socket. */
export type Composed = {
  readonly app: App;
  readonly context: Context;
  /** Present in the emulator only. */
  readonly controls: Controls | undefined;
  /** Sets the function that reads a metric on each scrape. */
  readonly watch: Metrics['watch'];
  /**
   * Stores a newly generated admin token; call it once the server runs. Resolves to the token if it must be printed.
   */
  storeAdminToken(): Promise<string | undefined>;
  endStreams(): void;
  close(): Promise<void>;
};

/** Settings for tests: those of the emulator in a test, and limits low enough for a test to reach. */
export type ComposeParts = {
  readonly emulation?: Emulation;
  readonly bodyLimits?: Partial<BodyLimits>;
  readonly uploadLimits?: Partial<UploadLimits>;
  readonly streamTimes?: Partial<StreamTimes>;
};

/** Sets of the cache of opened tokens: up to 8192 of them, a megabyte. */
const tokenSets = 4096;

/** log2 of the cost of scrypt. The emulator has nothing to protect, so its start and its token calls use a low cost. */
const scryptCost = { dev: 10, serve: 14 };

/**
 * Builds store, context and app from a configuration, and resumes deliveries that an earlier process did not finish.
 * Rejects with an UnfitError if the database cannot be served, and with a StoreError if it cannot be opened.
 */
export async function compose(config: Config, log: Log, version: string, parts: ComposeParts = {}): Promise<Composed> {
  refuseMissingDatabase(config);
  const metrics = createMetrics();
  const tracing = await openTracing(config, metrics, log, version);
  const options = { ...config, slowStatements: slowStatementLog(log, metrics), trace: tracing };
  const store = await openStore(config.database, options).catch(async (error: unknown) => {
    await tracing?.close();
    throw error;
  });
  try {
    await refuseUnfinishedMove(store);
    if (config.command === 'serve') await advanceRestored(store, log);
    return await composeWith({ store, metrics, tracing }, config, log, version, parts);
  } catch (error) {
    await store.close();
    await tracing?.close();
    throw error;
  }
}

/** Milliseconds from which a statement of the store is logged. */
const slowStatementMs = 1000;

function slowStatementLog(log: Log, { count }: Metrics) {
  return {
    after: slowStatementMs,
    report(slow: SlowStatement) {
      count('huizhi_slow_statements_total');
      log.warn(slow, 'slow statement');
    },
  };
}

/** What is opened before the rest of a server. */
type Opened = { readonly store: Store; readonly metrics: Metrics; readonly tracing: OpenTracing | undefined };

async function composeWith(
  { store, metrics, tracing }: Opened,
  config: Config,
  log: Log,
  version: string,
  { emulation, streamTimes, ...limits }: ComposeParts,
): Promise<Composed> {
  const isDev = config.command === 'dev';
  const seal = createReplaceableSeal(await loadServerSecret(store, config));
  const admin = await loadAdminToken(store, config, isDev);
  const { controls, requestIds, bytes } = isDev ? await createEmulation(seal, emulation) : {};
  const clock = controls?.clock ?? createSystemClock();
  const cluster = createCluster(store, log, !isDev);
  const closing = new AbortController();
  let guard: RetentionGuard | undefined;
  const context = await createContext(store, config, log, {
    ...{ seal, cluster, metrics, tracing, clock, controls },
    ...{ adminTokenHash: admin.hash, bytes, seed: emulation?.seed, streamTimes },
    secrets: emulation ? createFastSecretHash() : createSecrets(isDev ? scryptCost.dev : scryptCost.serve),
  });
  if (!isDev) guard = guardRetention(context, config.confirmRetention ?? false);
  if (config.setup) await applyConfiguredSetup(context, config.setup);
  if (!isDev) await refuseUnfit(context);
  const retention = createRetention(context, guard);
  const app = createApp({
    context,
    ...createOperations(metrics, config, version),
    ...createAccessPart(config, log),
    ...(requestIds && { requestIds }),
    ...limits,
    ...createEmulatorParts(config, { context, controls }, closing.signal),
  });
  const membership = await cluster.join(context);
  await cluster.notifications.listen(context);
  await membership.takeOver();
  const recovery = startRecovery(context, cluster.notifications);
  retention.sweep().catch((error: unknown) => log.error({ err: error }, 'retention will be tried again'));
  const warmUp = createWarmUp(context);
  const backups = config.backups && createBackupSchedule(context, config.backups);
  const ownWork = [admin.isStored ? watchTokenHandoff(context, config.database) : undefined, backups];
  const isRetentionHeld = isDev ? undefined : () => guard?.isHeld() ?? false;
  const clockSkew = cluster.skew?.current;
  watchGauges(metrics, { context, app, retention, backups, isRetentionHeld, clockSkew, version, isDev });
  return {
    app,
    context,
    controls,
    watch: metrics.watch,
    storeAdminToken: admin.keep,
    endStreams: () => endStreams(context, closing),
    async close() {
      controls?.faults.end();
      await closeAll([...ownWork, warmUp, retention, recovery, ...listWork(context), membership]);
      await closeAll([cluster.notifications, store, tracing]);
    },
  };
}

/** Ends event streams, and the waits of tests. */
function endStreams({ events }: Context, waits: AbortController): void {
  waits.abort();
  events.end();
}

/** The parts of a context that have to end, in order. */
function listWork({ hearings, cards, deliverer, hub }: Context) {
  return [hearings, cards, deliverer, hub];
}

async function closeAll(parts: readonly ({ close(): Promise<void> | void } | undefined)[]): Promise<void> {
  for (const part of parts) await part?.close();
}

function createOperations(
  { scrape, request, refused }: Metrics,
  { metricsToken }: Config,
  version: string,
): Pick<AppParts, 'operations' | 'observe' | 'observeRefusal'> {
  return { operations: { version, metricsToken, metrics: scrape }, observe: request, observeRefusal: refused };
}

function createAccessPart({ accessLog }: Config, log: Log): Pick<AppParts, 'access'> {
  return accessLog ? { access: createAccessLog(log) } : {};
}

type ContextParts = {
  readonly seal: ReplaceableSeal;
  readonly cluster: Cluster;
  readonly metrics: Metrics;
  readonly tracing: OpenTracing | undefined;
  readonly clock: Context['clock'];
  readonly controls: Controls | undefined;
  readonly adminTokenHash: () => Promise<string>;
  readonly secrets: Context['secrets'];
  /** Of the emulator, if its identifiers are to be repeatable. */
  readonly seed: string | undefined;
  readonly streamTimes: Partial<StreamTimes> | undefined;
  /** From a seed; unpredictable ones if undefined. */
  readonly bytes: RandomBytes | undefined;
};

async function createContext(store: Store, config: Config, log: Log, parts: ContextParts): Promise<Context> {
  const { seal, clock, controls, metrics } = parts;
  const { notifications } = parts.cluster;
  const events = createEvents(notifications.touched);
  store.changes.onAppended((corpId) => events.publish([{ corpId, userId: everybody }]));
  const hub = openConfiguredHub(store, config, log, parts);
  const upstream = controls?.upstream ?? ownInbox;
  const openedTokens = createTokenCache(seal);
  const deliverer = createDeliverer({
    store,
    clock,
    events,
    upstream,
    log,
    onArrived(message, touched) {
      metrics.count('huizhi_deliveries_total', { to: findAudience(message) }, touched.length);
      controls?.readers.schedule(context, message, touched);
    },
    onDelivered: (_, lag) => metrics.observe('huizhi_delivery_lag_seconds', undefined, lag / 1000),
    tracer: parts.tracing,
    onFailed: () => metrics.count('huizhi_delivery_errors_total'),
  });
  const context: Context = {
    store,
    clock,
    seal,
    events,
    admissions: createStreamRechecks(notifications.recheck),
    hub,
    hearings: createHearings(log),
    deliverer,
    cards: createCardUpdates({ cards: store.cards, now: clock.now, publish: notifications.card, log }),
    dispatcher: createDispatcher(() => context),
    log,
    meters: metrics,
    tracer: parts.tracing,
    secrets: parts.secrets,
    randomBytes: parts.bytes ?? createRandomBytes,
    directory: await loadDirectory(store, {
      changed: notifications.directoryChanged,
      onRead: async () => controls && adoptEmulation(context, controls),
      onReplaced: hub.recheck,
    }),
    rate: createRateLimit(clock, config.qpsLimit),
    attempts: createAttemptLimiter(),
    openedTokens,
    lookups: new Map([['tokens', openedTokens.lookups]]),
    options: createOptions(config, parts.adminTokenHash),
  };
  if (controls) await adoptEmulation(context, controls);
  return context;
}

function openConfiguredHub(store: Store, config: Config, log: Log, parts: ContextParts): Context['hub'] {
  const { clock, controls, seed, streamTimes: times, metrics: meters } = parts;
  const { notifications } = parts.cluster;
  const repeat = config.streamRepeat !== 'off';
  const lifetime = config.streamLifetime ?? streamLifetime;
  return openHub({ store, clock, log, notifications, controls, seed, meters }, { repeat, lifetime, times });
}

function createOptions(config: Config, adminTokenHash: () => Promise<string>): Context['options'] {
  return {
    readWindow: config.readWindow,
    retention: config.retention,
    statisticsRetention: config.statisticsRetention,
    auditRetention: config.auditRetention,
    readTimestamp: config.readTimestamp,
    remotePictures: config.remotePictures ?? 'allow',
    webhookBlock: config.webhookBlock ?? webhookBlock,
    streamConnections: config.streamConnections ?? maxStreamConnections,
    trustedProxies: config.trustedProxies ?? [],
    callbackAllow: config.callbackAllow ?? (config.command === 'dev' ? internalRanges : []),
    noticeLimits: config.noticeLimits ?? 'lenient',
    mediaQuota: (config.mediaQuota ?? defaultMediaQuota[config.command === 'dev' ? 'dev' : 'serve']) * 1024 * 1024,
    adminTokenHash,
    openSignIn: config.command === 'dev',
    publicUrl: config.publicUrl,
    oidc: config.oidc,
  };
}

function createTokenCache(seal: ReplaceableSeal): Context['openedTokens'] {
  const tokens: Context['openedTokens'] = createTextCache(tokenSets);
  seal.onReplace(tokens.clear);
  return tokens;
}

/**
 * Starts to deliver events to subscriptions, and the background tasks that handle writes whose outcome is unknown, such
 * as a commit whose connection broke.
 */
function startRecovery(context: Context, notifications: Notifications) {
  const deliverySweep = startDeliverySweep(context);
  const convergence = createConvergence({ ...context, notifications });
  context.store.driver.onUnknownOutcome(convergence.begin);
  void context.dispatcher.check();
  return {
    async close() {
      convergence.close();
      await deliverySweep.close();
      await context.dispatcher.close();
    },
  };
}

function guardRetention({ store, directory, log, clock, options: ages }: Context, isConfirmed: boolean) {
  return createRetentionGuard({ store, directory, log, now: clock.now, ages, isConfirmed });
}

/** Refuses to create an empty database if `serve` is started in the wrong folder or with a mistyped path. */
function refuseMissingDatabase({ command, setup, database }: Config): void {
  if (command !== 'serve' || setup || databaseExists(database)) return;
  throw new UnfitError(
    `there is no database ${database} and no configuration file that names an organization: create one (huizhi.yaml, or --config), or correct --database`,
  );
}

async function refuseUnfinishedMove(store: Store): Promise<void> {
  if ((await store.setting(moveSetting)) === undefined) return;
  throw new UnfitError('a copy into this database is not complete: run the same huizhi migrate --from … --to … again');
}

/**
 * Applies the setup of the configuration file under a lock, so that processes that start at the same time do so one
 * after the other.
 */
async function applyConfiguredSetup(context: Context, setup: Setup): Promise<void> {
  await context.store.driver.alone(async () => {
    await context.directory.refresh();
    await applySetup(context, setup);
  });
}

/** Refuses to serve a database without an organization, or with a public secret or token of the demo data. */
async function refuseUnfit({ store, directory, secrets }: Context): Promise<void> {
  if (directory.now.organizations().length === 0) {
    throw new UnfitError(
      'the database has no organization: name one in a configuration file (huizhi.yaml, or --config)',
    );
  }
  for (const { appKey, appSecret } of demoSetup.apps) {
    const app = directory.now.app(appKey);
    if (!app || !(await secrets.verify(appSecret, app.secretHash, appKey))) continue;
    throw new UnfitError(
      `app ${appKey} in the database has the secret of the demo data: give it another, or use a new database`,
    );
  }
  for (const token of demoTokens) {
    if (!(await store.customRobots.byToken(hashToken(token)))) continue;
    throw new UnfitError(
      'a custom robot in the database has the token of the demo data: give it another, or use a new database',
    );
  }
}

/** The database cannot be served: it is missing, empty or incomplete, or has a public secret. */
class UnfitError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnfitError';
  }
}
