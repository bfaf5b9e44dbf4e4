import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { internalRanges } from './addresses.ts';

/** The addresses of names; a name with several lists gets the next one at each lookup. */
const names: Record<string, string[][]> = {
  'metadata.example': [['169.254.169.254']],
  'mixed.example': [['127.0.0.1', '169.254.169.254']],
  'rebound.example': [['127.0.0.1'], ['169.254.169.254']],
  'loopback.example': [['127.0.0.1']],
};
const lookups: string[] = [];

vi.mock('node:dns', () => ({
  lookup(name: string, _: object, done: (error: null, addresses: readonly object[]) => void) {
    lookups.push(name);
    const lists = names[name] ?? [];
    const addresses = (lists.length > 1 ? lists.shift() : lists[0]) ?? [];
    done(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    );
  },
}));

// Other test files share the modules of this process: those with the names of this file are loaded for it alone.
vi.resetModules();
const { postCallback } = await import('./post.ts');
afterAll(() => {
  vi.doUnmock('node:dns');
  vi.resetModules();
});

const everything = { options: { callbackAllow: [...internalRanges, '0.0.0.0/0'] } };
const nothing = { options: { callbackAllow: [] } };

/** Starts a server on loopback, and returns a request to it under a name. */
async function startReceiver() {
  let count = 0;
  const server = createServer((_, response) => {
    count++;
    response.end('here');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const to = (name: string) => ({ url: `http://${name}:${port}/`, headers: {}, body: '{}', deadlineMs: 5000 });
  return { to, count: () => count };
}

test('a name with an address that is never allowed is refused, also if it has others', async () => {
  const { to, count } = await startReceiver();
  for (const name of ['metadata.example', 'mixed.example']) {
    const outcome = await postCallback(everything, to(name));
    expect(outcome).toMatchObject({ outcome: 'refused', reason: expect.stringContaining(`${name}: 169.254.169.254`) });
  }
  expect(count()).toBe(0);
});

test('a name with a loopback address is refused unless an option allows it', async () => {
  const { to, count } = await startReceiver();
  expect(await postCallback(nothing, to('loopback.example'))).toMatchObject({ outcome: 'refused' });
  expect(count()).toBe(0);
  expect(await postCallback(everything, to('loopback.example'))).toMatchObject({ outcome: 'answered', body: 'here' });
});

test('a name is resolved once for each attempt, so that the checked address is the one that is connected to', async () => {
  const { to, count } = await startReceiver();
  lookups.length = 0;
  expect(await postCallback(everything, to('rebound.example'))).toMatchObject({ outcome: 'answered' });
  expect(lookups).toEqual(['rebound.example']);
  expect(await postCallback(everything, to('rebound.example'))).toMatchObject({ outcome: 'refused' });
  expect(lookups).toHaveLength(2);
  expect(count()).toBe(1);
});
