import { demoSetup } from './config/demo.ts';
import type { Config } from './config/options.ts';
import { createAdmissions } from './core/access/admissions.ts';
import { createAttempts } from './core/access/attempts.ts';
import { createOpenedCache } from './core/access/opened.ts';
import { createRateLimit } from './core/access/rate.ts';
import { createReplaceableSeal, type ReplaceableSeal } from './core/access/seal.ts';
import { createQuickSecrets, createSecrets, hashToken, randomText } from './core/access/secrets.ts';
import { type ClockBeginning, systemClock, testClock } from './core/clock.ts';
import { createSkewWatch, type SkewWatch } from './core/cluster/clock-skew.ts';
import { createConvergence } from './core/cluster/converge.ts';
import { liveDirectory } from './core/cluster/directory.ts';
import { joinProcesses } from './core/cluster/membership.ts';
import { createNeighbours, type Neighbours, noNeighbours } from './core/cluster/notifications.ts';
import type { Context } from './core/context.ts';
import { createDeliverer } from './core/deliver.ts';
import { startDeliverySweep } from './core/delivery-sweep.ts';
import { type Controls, createControls } from './core/dev/controls.ts';
import { adoptEmulation } from './core/dev/shared.ts';
import { createEvents } from './core/events.ts';
import { createRetention } from './core/retention.ts';
import { createRetentionGuard, type RetentionGuard } from './core/retention-guard.ts';
import { applySetup, type Setup } from './core/setup.ts';
import { ownInbox } from './core/upstream.ts';
import { createWarmUp } from './core/warm-up.ts';
import { type App, type AppParts, createApp } from './http/app.ts';
import { createAccessLog } from './http/server/access-log.ts';
import type { BodyLimits } from './http/server/bodies.ts';
import { type RequestIds, seededRequestIds } from './http/server/request-id.ts';
import type { Log } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { moveSetting } from './store/move/move.ts';
import { isThere, openStore } from './store/open.ts';
import type { Store } from './store/store.ts';

/** Everything of a server but its socket. */
export type Composed = {
  readonly app: App;
  readonly context: Context;
  /** Present in the emulator only. */
  readonly controls: Controls | undefined;
  /** Keeps the operator's token, once the server really runs; answers it when it has to be shown. */
  keepAdminToken(): Promise<string | undefined>;
  endStreams(): void;
  close(): Promise<void>;
};

/** How the emulator of a test runner differs from `dev`: where its clock begins, and what its request ids are made of, if not of chance. */
export type Emulation = { readonly begin: ClockBeginning; readonly seed: string | undefined };

/** What differs from a server as people run it: the emulator of a test runner, and limits that a test can reach. */
export type ComposeParts = { readonly emulation?: Emulation; readonly bodyLimits?: Partial<BodyLimits> };

/** Tokens, and keys, that one generation of their cache holds: a megabyte or two. */
const openedPairs = 4096;

/** log2 of scrypt's cost: in the emulator a token, and the start, have to be quick, and there is nothing to protect. */
const scryptCost = { dev: 10, serve: 14 };

/** Builds the store, the context and the app by a configuration, and takes up what an earlier process left undone. */
export async function compose(config: Config, log: Log, version: string, parts: ComposeParts = {}): Promise<Composed> {
  refuseEmptyHanded(config);
  const store = await openStore(config.database, config);
  try {
    await refuseHalfMoved(store);
    return await composeOn(store, config, log, version, parts);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function composeOn(
  store: Store,
  config: Config,
  log: Log,
  version: string,
  { emulation, bodyLimits }: ComposeParts,
): Promise<Composed> {
  const isDev = config.command === 'dev';
  const seal = createReplaceableSeal(await serverSecret(store, config));
  const admin = await adminSecret(store, config);
  const { controls, requestIds } = isDev ? createEmulation(seal, emulation) : {};
  const clock = controls?.clock ?? systemClock();
  let guard: RetentionGuard | undefined;
  const skew = watchSkew(store, config, log);
  const { context, metrics, neighbours } = await createContext(store, config, log, {
    seal,
    skew,
    isRetentionHeld: isDev ? undefined : () => guard?.isHeld() ?? false,
    clock,
    controls,
    adminHash: admin.hash,
    secrets: emulation ? createQuickSecrets() : createSecrets(isDev ? scryptCost.dev : scryptCost.serve),
  });
  if (!isDev) guard = guardRetention(context, config.confirmRetention ?? false);
  if (config.setup) await setUp(context, config.setup);
  if (!isDev) await refuseUnfit(context);
  const retention = createRetention(context, guard);
  const app = createApp({
    context,
    operations: { version, metrics: metrics.scrape },
    observe: metrics.request,
    ...accessPart(config, log),
    ...(requestIds ? { requestIds } : {}),
    ...(bodyLimits ? { bodyLimits } : {}),
    ...emulatorParts(config, controls),
  });
  const takeOver = store.driver.exclusive ? undefined : await joinProcesses({ ...context, skew });
  await neighbours.listen(context);
  await (takeOver ? takeOver.look() : context.deliverer.takeUp());
  const recovery = startRecovery(context, neighbours);
  retention.sweep().catch((error: unknown) => log.error({ err: error }, 'retention will be tried again'));
  const warmUp = createWarmUp(context);
  return {
    app,
    context,
    controls,
    keepAdminToken: admin.keep,
    endStreams: () => context.events.end(),
    async close() {
      controls?.faults.end();
      await warmUp.close();
      await retention.close();
      await recovery.close();
      await context.deliverer.close();
      await takeOver?.close();
      await neighbours.close();
      await store.close();
    },
  };
}

/** A test's clock is not compared with anything, and neither is that of a process that has its database to itself. */
function watchSkew({ driver }: Store, { command }: Config, log: Log): SkewWatch | undefined {
  return command === 'dev' || driver.exclusive ? undefined : createSkewWatch(driver, log);
}

function accessPart({ accessLog }: Config, log: Log): Pick<AppParts, 'access'> {
  return accessLog ? { access: createAccessLog(log) } : {};
}

/** What only the emulator's app has. */
function emulatorParts(config: Config, controls: Controls | undefined): Partial<AppParts> {
  if (!controls) return {};
  return { emulator: { controls, setup: config.setup ?? emptySetup }, trustedHosts: hostsOf(config) };
}

/** The names of `dev` beside those of the loopback interface. */
function hostsOf({ host, publicUrl, trustedHosts = [] }: Config): readonly string[] {
  return [host, ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname]), ...trustedHosts];
}

/** The controls of an emulator, and its request ids where they come from a seed. */
function createEmulation(
  seal: ReplaceableSeal,
  { begin, seed }: Partial<Emulation> = {},
): { readonly controls: Controls; readonly requestIds?: RequestIds } {
  const clock = testClock(begin);
  if (seed === undefined) return { controls: createControls(clock, seal) };
  const { next, restart } = seededRequestIds(seed, clock.now);
  return { controls: createControls(clock, seal, { stopwatch: clock.now, restartIds: restart }), requestIds: next };
}

type Made = {
  readonly seal: ReplaceableSeal;
  readonly skew: SkewWatch | undefined;
  readonly isRetentionHeld: (() => boolean) | undefined;
  readonly clock: Context['clock'];
  readonly controls: Controls | undefined;
  readonly adminHash: string;
  readonly secrets: Context['secrets'];
};

async function createContext(
  store: Store,
  config: Config,
  log: Log,
  made: Made,
): Promise<{ context: Context; metrics: Metrics; neighbours: Neighbours }> {
  const { seal, clock, controls } = made;
  const neighbours = store.driver.exclusive ? noNeighbours : createNeighbours(store, log);
  const events = createEvents(neighbours.touched);
  const metrics = createMetrics({
    queueDepth: async () => store.pendingCount(),
    streams: events.followers,
    clockSkew: made.skew?.current,
    retentionHeld: made.isRetentionHeld,
  });
  const upstream = controls?.upstream ?? ownInbox;
  const deliverer = createDeliverer({
    store,
    clock,
    events,
    upstream,
    log,
    onDelivered(message, touched, lag) {
      metrics.delivered(lag);
      controls?.readers.schedule(context, message, touched);
    },
  });
  const context: Context = {
    store,
    clock,
    seal,
    events,
    admissions: createAdmissions(neighbours.doubted),
    deliverer,
    log,
    secrets: made.secrets,
    directory: await liveDirectory(store, {
      changed: neighbours.directoryChanged,
      onRead: async () => controls && adoptEmulation(context, controls),
    }),
    rate: createRateLimit(clock, config.qpsLimit),
    attempts: createAttempts(),
    openedTokens: createOpenedCache(openedPairs),
    openedKeys: createOpenedCache(openedPairs),
    options: {
      readWindow: config.readWindow,
      retention: config.retention,
      statisticsRetention: config.statisticsRetention,
      auditRetention: config.auditRetention,
      readTimestamp: config.readTimestamp,
      remotePictures: config.remotePictures ?? 'allow',
      adminTokenHash: made.adminHash,
      openSignIn: config.command === 'dev',
      publicUrl: config.publicUrl,
      oidc: config.oidc,
    },
  };
  if (controls) await adoptEmulation(context, controls);
  return { context, metrics, neighbours };
}

/** Starts what makes up for writes whose outcome this process was not told. */
function startRecovery(context: Context, neighbours: Neighbours) {
  const deliverySweep = startDeliverySweep(context);
  const convergence = createConvergence({ ...context, neighbours });
  context.store.driver.onUnknownOutcome(convergence.begin);
  return {
    async close() {
      convergence.close();
      await deliverySweep.close();
    },
  };
}

function guardRetention({ store, directory, log, clock, options: ages }: Context, isConfirmed: boolean) {
  return createRetentionGuard({ store, directory, log, now: clock.now, ages, isConfirmed });
}

/** The secret that seals tokens and keys: given, or made on first start and kept in the database. */
async function serverSecret(store: Store, config: Config): Promise<string> {
  return config.secret ?? (await store.keepSetting('secret', randomText(32)));
}

/**
 * The operator's token: given, or made on first start and shown once; in `dev` a new one is shown at each start. A fresh one is kept
 * only when the server runs, since a start that fails shows nothing.
 */
async function adminSecret(
  store: Store,
  config: Config,
): Promise<{ hash: string; keep: () => Promise<string | undefined> }> {
  const isDev = config.command === 'dev';
  const token = config.adminToken ?? randomText(24);
  const hash = hashToken(token);
  if (isDev) return { hash, keep: async () => token };
  if (config.adminToken !== undefined) return { hash, keep: async () => undefined };
  const kept = await store.setting(adminSetting);
  if (kept !== undefined) return { hash: kept, keep: async () => undefined };
  return { hash, keep: async () => ((await store.keepSetting(adminSetting, hash)) === hash ? token : undefined) };
}

const adminSetting = 'adminTokenHash';
const emptySetup: Setup = { organizations: [], apps: [], robots: [] };

/** A server started in the wrong folder, or with a mistyped name, is not to leave an empty database there. */
function refuseEmptyHanded({ command, setup, database }: Config): void {
  if (command !== 'serve' || setup || isThere(database)) return;
  throw new UnfitError(
    `there is no database ${database} and no configuration file that names an organization: write one (huizhi.yaml, or --config), or correct --database`,
  );
}

async function refuseHalfMoved(store: Store): Promise<void> {
  if ((await store.setting(moveSetting)) === undefined) return;
  throw new UnfitError(
    'a move into this database has not come to its end: run the same huizhi migrate --from … --to … again',
  );
}

/** Processes that start at once set up one after the other, and each sees what was there before it. */
async function setUp(context: Context, setup: Setup): Promise<void> {
  await context.store.driver.alone(async () => {
    await context.directory.refresh();
    await applySetup(context, setup);
  });
}

/** A server that knows no organization cannot do anything, and one whose secrets everybody knows must not. */
async function refuseUnfit({ directory, secrets }: Context): Promise<void> {
  if (directory.now.organizations().length === 0) {
    throw new UnfitError(
      'the database holds no organization yet: name one in a configuration file (huizhi.yaml, or --config)',
    );
  }
  for (const { appKey, appSecret } of demoSetup.apps) {
    const app = directory.now.app(appKey);
    if (!app || !(await secrets.verify(appSecret, app.secretHash, appKey))) continue;
    throw new UnfitError(
      `app ${appKey} in the database has the secret of the demo data: give it another, or use a new database`,
    );
  }
}

/** The database is not fit for a server that people rely on. */
class UnfitError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnfitError';
  }
}
