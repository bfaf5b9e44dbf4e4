import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Surfaces } from './own/surfaces.ts';
import type { AppParts } from './parts.ts';
import { type Bodies, createBodyReader, defaultBodyLimits } from './server/body/bodies.ts';
import { createUploads, defaultUploadLimits } from './server/body/uploads.ts';
import type { Call } from './server/call.ts';
import { createEmulatorMiddleware } from './server/emulator-middleware.ts';
import { fetchFromGateway } from './server/fetch.ts';
import { createGateway } from './server/gateway.ts';
import { createHostCheck } from './server/host-check.ts';
import { createListeners } from './server/listener.ts';
import { createRequestId } from './server/request-id.ts';
import type { FastPathParts } from './server/socket/fast-path.ts';
import type { Upgrade } from './server/socket/socket-guard.ts';
import { traceGateway, traceRoutes } from './server/traced-calls.ts';
import { createStreamUpgrade } from './stream/upgrade.ts';
import { readStatusPath } from './vendor/read-status.ts';
import { batchRecallPath, batchSendPath } from './vendor/robot.ts';
import { createVendorRoutes } from './vendor/routes.ts';

export type App = {
  /** Serves a Request without a socket. */
  fetch(request: Request): Promise<Response>;
  /** The request listener for node:http. */
  listener(incoming: IncomingMessage, outgoing: ServerResponse): void;
  /** What is served without node:http. */
  readonly fastPath: FastPathParts;
  /** Returns the bytes of memory that request bodies use, and how many they may use. */
  bodies(): ReturnType<Bodies['memory']>;
  /** Lets /readyz return 503, so that load balancers send no more requests. */
  startDraining(): void;
  /** Counts an error that was sent before its request reached the app, by its code. */
  onRefusal(code: string): void;
  /** Handles the handshakes of Stream mode. */
  readonly upgrade: Upgrade;
  /**
   * Loads what is otherwise loaded with the first request that needs it, and fails if the files of the package have been
   * replaced since the start.
   */
  load(): Promise<void>;
  /** Resolves to every route as `METHOD /path/{variable}`, including web pages and their assets. */
  routes(): Promise<readonly string[]>;
};

/** Paths of our own surfaces. Every other path goes to the vendor's gateway, also if no route has it. */
const ownPaths =
  /^\/(?:inbox|emulator|console|downloads|healthz|readyz|metrics|openapi\.json|docs|assets|app|app\.webmanifest|sw\.js)(?:\/|$)|^\/$/;

/** Creates the HTTP application: all routes, of the vendor's API and of our own surfaces, with their middleware. */
export function createApp(parts: AppParts): App {
  const { context, observe, observeRefusal, access, emulator, requestIds = createRequestId } = parts;
  const bodies = createBodyReader({ ...defaultBodyLimits, ...parts.bodyLimits });
  const uploads = createUploads({ ...defaultUploadLimits, ...parts.uploadLimits });
  const { tracer } = context;
  const vendorRoutes = tracer ? traceRoutes(tracer, createVendorRoutes(context)) : createVendorRoutes(context);
  const isStreamed = ({ method, path }: Call) =>
    vendorRoutes.some((route) => route.isStreamed && route.method === method && route.path === path);
  const plain = createGateway(
    context,
    vendorRoutes,
    emulator && createEmulatorMiddleware(emulator.controls, isStreamed),
  );
  const gateway = tracer ? traceGateway(tracer, context, plain) : plain;
  let loading: Promise<Surfaces> | undefined;
  let isDraining = false;
  const loadSurfaces = () =>
    (loading ??= import('./own/surfaces.ts').then(({ createSurfaces }) =>
      createSurfaces(parts, { bodies, uploads, vendorRoutes, isDraining: () => isDraining }),
    ));
  const serveOwn = async (incoming: IncomingMessage, outgoing: ServerResponse) =>
    (await loadSurfaces()).serve(incoming, outgoing);
  const isKnownHost = parts.trustedHosts && createHostCheck(parts.trustedHosts);
  const isOwn = (path: string) => ownPaths.test(path);
  const { listener, serveArrival } = createListeners({
    ...{ gateway, bodies, uploads, log: context.log },
    ...{ observe, observeRefusal, access, requestIds, isKnownHost, isOwn, serveOwn },
    trustedProxies: context.options.trustedProxies,
  });
  return {
    load: async () => void (await (await loadSurfaces()).load()),
    routes: async () => [
      ...vendorRoutes.map(({ method, path }) => `${method} ${path}`),
      ...(await loadSurfaces()).routes,
    ],
    fetch: async (request) =>
      isOwn(new URL(request.url).pathname)
        ? (await loadSurfaces()).fetch(request)
        : fetchFromGateway(gateway, request, requestIds),
    listener,
    bodies: bodies.memory,
    startDraining() {
      isDraining = true;
    },
    onRefusal: (code) => observeRefusal('unknown', code),
    fastPath: {
      ...{ path: readStatusPath, posts: [batchSendPath, batchRecallPath] },
      ...{ serve: serveArrival, reserve: bodies.reserve, isKnownHost },
    },
    upgrade: createStreamUpgrade({
      ...{ context, observe, observeRefusal, access, isKnownHost },
      controls: emulator?.controls,
    }),
  };
}
