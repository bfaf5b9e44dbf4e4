/** Leads calls of this process to the vendor's hosts to an emulator. */
import { Agent, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { UsageError } from '../config/options.ts';
import { isVendorHost } from '../wire/vendor/hosts.ts';

let isActive = false;

/** Throws a UsageError if another emulator of this process intercepts calls: it is not decided which one would get them. */
export function refuseSecondIntercept(): void {
  if (isActive) throw new UsageError('another emulator of this process has intercept: true; close it first.');
}

/**
 * Leads `fetch`, `WebSocket`, `http.request` and `https.request` to the vendor's hosts to a port of the loopback address,
 * in plain HTTP; calls to all other hosts stay as they are. Returns a function that undoes it and closes the
 * connections. Not covered are requests with a proxy or a `createConnection` of their own.
 */
export async function interceptCalls(port: number): Promise<() => void> {
  refuseSecondIntercept();
  isActive = true;
  try {
    const undo = [await redirectFetch(port), redirectAgents(port)];
    return () => {
      isActive = false;
      for (const step of undo) step();
    };
  } catch (error) {
    isActive = false;
    throw error;
  }
}

/** What is used of undici's dispatchers, which send the requests of `fetch`. */
type Dispatcher = { dispatch(options: DispatchOptions, handler: unknown): boolean };
type DispatchOptions = { readonly origin?: string | URL };

/** Node 26 has the second one, and the first for versions of the package undici that are older than its own. */
const dispatcherKeys = [Symbol.for('undici.globalDispatcher.1'), Symbol.for('undici.globalDispatcher.2')];

async function redirectFetch(port: number): Promise<() => void> {
  const realm = findRealm();
  // Node creates the dispatcher with the first call.
  if (!dispatcherKeys.some((key) => isDispatcher(Reflect.get(realm, key)))) await fetch('data:,');
  const undo = dispatcherKeys.flatMap((key) => {
    const before: unknown = Reflect.get(realm, key);
    if (!isDispatcher(before)) return [];
    const redirecting = createRedirecting(before, port);
    Reflect.set(realm, key, redirecting.dispatcher);
    return () => {
      redirecting.end();
      if (Reflect.get(realm, key) === redirecting.dispatcher) Reflect.set(realm, key, before);
    };
  });
  if (undo.length === 0) throw new UsageError('intercept: true cannot reach the fetch of Node: it was replaced.');
  return () => {
    for (const step of undo) step();
  };
}

/** The global object of `fetch`: in Jest, tests have another one. Code that is made from a text runs in its realm. */
function findRealm(): object {
  try {
    const create = fetch.constructor as FunctionConstructor;
    return create('return globalThis')() as object;
  } catch {
    // Node was started with --disallow-code-generation-from-strings.
    return globalThis;
  }
}

const isDispatcher = (value: unknown): value is Dispatcher =>
  typeof value === 'object' && value !== null && typeof Reflect.get(value, 'dispatch') === 'function';

/** After `end`, the dispatcher changes nothing: another program may have kept it. */
function createRedirecting(before: Dispatcher, port: number): { readonly dispatcher: Dispatcher; end(): void } {
  const origin = `http://127.0.0.1:${port}`;
  let isOn = true;
  const dispatch: Dispatcher['dispatch'] = (options, handler) => {
    const host = options.origin === undefined ? '' : new URL(options.origin).hostname;
    return before.dispatch(isOn && isVendorHost(host) ? { ...options, origin } : options, handler);
  };
  const dispatcher = new Proxy(before, {
    get(target, name) {
      const value: unknown = name === 'dispatch' ? dispatch : Reflect.get(target, name);
      return typeof value === 'function' && name !== 'dispatch' ? value.bind(target) : value;
    },
  });
  return {
    dispatcher,
    end() {
      isOn = false;
    },
  };
}

type Options = { readonly host?: string | null };
type CreateConnection = (this: unknown, options: Options, callback?: unknown) => unknown;

/** Changes the method of all agents, so that those that a library creates connect to the port, too. */
function redirectAgents(port: number): () => void {
  const sockets = new Set<Socket>();
  const open = () => {
    const socket = connect(port, '127.0.0.1');
    sockets.add(socket);
    return socket.on('close', () => sockets.delete(socket));
  };
  // Loaded here, because node:tls would delay every start.
  const { Agent: SecureAgent } = process.getBuiltinModule('node:https');
  const undo = [Agent.prototype, SecureAgent.prototype].map((prototype: object) => {
    const before = Reflect.get(prototype, 'createConnection') as CreateConnection;
    const redirecting: CreateConnection = function (options, callback) {
      return isActive && isVendorHost(options.host ?? '') ? open() : before.call(this, options, callback);
    };
    Reflect.set(prototype, 'createConnection', redirecting);
    return () => {
      if (Reflect.get(prototype, 'createConnection') === redirecting)
        Reflect.set(prototype, 'createConnection', before);
    };
  });
  return () => {
    for (const step of undo) step();
    // An agent may keep one for the next request, and the port may soon be another server's.
    for (const connection of sockets) connection.destroy();
  };
}

/**
 * Gives a request to one of the vendor's hosts the emulator's own, so that all addresses in responses are those of the
 * emulator.
 */
export function replaceVendorHost(incoming: IncomingMessage, own: string): void {
  const { rawHeaders, headers } = incoming;
  const at = rawHeaders.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'host');
  const name = rawHeaders[at + 1]?.replace(/:\d+$/, '') ?? '';
  if (at < 0 || !isVendorHost(name)) return;
  rawHeaders[at + 1] = own;
  headers.host = own;
}
