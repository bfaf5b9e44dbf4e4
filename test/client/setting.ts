/** A client and the server that it calls, for the tests of this folder. */
import { expect } from 'vitest';
import { type ClientEvent, type ClientOptions, createClient } from '../../src/client/index.ts';
import type { Server } from '../conformance/support/harness.ts';
import { world } from '../conformance/support/world.ts';

export const vendorEndpoint = 'https://api.dingtalk.com';

/** The vendor's host for organizations outside mainland China. */
export const overseasEndpoint = 'https://api.dingtalk.io';

export type Seen = { readonly url: string; readonly headers: Headers; readonly body: unknown };

/** What a test needs besides the client itself. */
export function setting(server: Server) {
  const w = world(server);
  return {
    ...w,
    /**
     * A client of app-one and robot-one that records its requests and events; it waits by advancing the emulator's
     * clock.
     */
    async client(options: Partial<ClientOptions> = {}) {
      const requests: Seen[] = [];
      const events: ClientEvent[] = [];
      const waits: number[] = [];
      let time = await w.freeze();
      const all = {
        endpoint: server.url,
        ...('token' in options && options.token ? {} : { appKey: 'app-one', appSecret: 'secret-of-app-one' }),
        robotCode: 'robot-one',
        now: () => time,
        random: () => 0.5,
        on: (event: ClientEvent) => void events.push(event),
        wait: async (milliseconds: number, signal?: AbortSignal) => {
          signal?.throwIfAborted();
          waits.push(milliseconds);
          time = await w.advance(`${Math.ceil(milliseconds)}ms`);
        },
        ...options,
      } as ClientOptions;
      const inner = options.fetch ?? fetch;
      const client = createClient({
        ...all,
        fetch: (url, init) => {
          const body = init.body === undefined ? undefined : JSON.parse(String(init.body));
          requests.push({ url, headers: new Headers(init.headers), body });
          // The vendor's hosts lead to the server of this test; nothing else about a call changes.
          return inner(url.replace(vendorEndpoint, server.url).replace(overseasEndpoint, server.url), init);
        },
      });
      const moved = async (duration: string) => {
        time = await w.advance(duration);
      };
      return { client, requests, events, waits, moved, paths: () => requests.map(({ url }) => new URL(url).pathname) };
    },
    faults: (...rules: object[]) => server.call('PUT', '/emulator/v1/faults', { body: { rules } }),
    reads: (processQueryKey: string, ...userIds: string[]) =>
      w.emulate('POST', 'reads', userIds.length > 0 ? { processQueryKey, userIds } : { processQueryKey }),
  };
}

/** Returns the reason of a rejected promise. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return expect.fail('nothing was thrown');
}
