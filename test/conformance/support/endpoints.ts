import { Webhook } from 'standardwebhooks';
import type { Config } from '../../../src/config/options.ts';
import type { ConsoleEndpoint, DeliveriesAnswer, NewEndpoint, WebhookEvent } from '../../../src/wire/own/endpoints.ts';
import { type Fields, testServer } from './harness.ts';
import { type Received, startReceiver } from './receiver.ts';
import { bearer, ok, world } from './world.ts';

const types = ['receipt.read'];

/** A server with an endpoint of corp-one. */
export async function scene(given: Fields = {}, options: Partial<Config> = {}) {
  const server = await testServer(options);
  const there = world(server);
  const receiver = await startReceiver();
  const headers = bearer(server.adminToken);
  const call = (method: string, path: string, body?: unknown, query: Record<string, string> = {}) =>
    server.call(method, `/console/v1/${path}`, { headers, body, query: { corpId: 'corp-one', ...query } });
  const make = async (more: Fields = {}) => {
    const body = { corpId: 'corp-one', url: receiver.url, types, ...given, ...more };
    return ok(await server.call('POST', '/console/v1/endpoints', { headers, body })) as NewEndpoint;
  };
  const made = await make();
  const path = `endpoints/${made.endpointId}`;
  const deliveries = async (query: Record<string, string> = {}) =>
    (ok(await call('GET', `${path}/deliveries`, undefined, query)) as DeliveriesAnswer).deliveries;
  return {
    ...there,
    ask: call,
    receiver,
    make,
    made,
    path,
    deliveries,
    endpoint: async () => ok(await call('GET', path)) as ConsoleEndpoint,
    /** Sends a message that its recipients read. */
    read: async (userIds = ['alice']) => {
      const processQueryKey = await there.sent({ userIds });
      await there.emulate('POST', 'reads', { processQueryKey });
      return processQueryKey;
    },
    /** Waits until the last attempts are recorded: a move of the clock does. */
    settle: () => there.advance('1ms'),
  };
}

export const eventOf = ({ body }: Received) => JSON.parse(body) as WebhookEvent;
export const idOf = ({ headers }: Received) => String(headers['webhook-id']);
export const timeOf = ({ headers }: Received) => Number(headers['webhook-timestamp']);

export function verify(secret: string, { headers, body }: Received): unknown {
  return new Webhook(secret).verify(body, headers as Record<string, string>);
}
