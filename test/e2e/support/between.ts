import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * What happens to an answer: it stalls after half of its body, or the connection is cut there; it waits for
 * `release()`; or the proxy answers with an error instead.
 */
type Fate = 'held' | 'cut' | 'delayed' | 'refused';

/** What a proxy does while it is set, such as during a start or after an upgrade. */
type Rules = {
  /** The status with which the proxy itself answers a request, or undefined to pass it on. */
  refuse(path: string, incoming: IncomingMessage): number | undefined;
  /** The path that a request is passed on to. */
  forward(path: string): string;
  /** The page, or the service worker, that the browser gets in place of the server's. */
  edit(text: string, path: string): string;
};

/** A proxy between a browser and the server; the next answer to a path has the fate that was set for it. */
export async function between(server: string) {
  const fates = new Map<string, Fate>();
  const rules: Rules = { refuse: () => undefined, forward: (path) => path, edit: (text) => text };
  const open = new Map<ServerResponse, string>();
  const delayed = new Map<string, () => void>();
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { method, headers, url = '' } = incoming;
    const [path = ''] = url.split('?');
    open.set(outgoing, path);
    const refused = rules.refuse(path, incoming);
    if (refused !== undefined) {
      incoming.resume();
      return void outgoing.writeHead(refused, { 'content-type': 'text/html' }).end('<h1>nginx</h1>');
    }
    const isPage = headers.accept?.includes('text/html') || ['/console', '/', '/sw.js'].includes(path);
    const { 'if-none-match': _tag, ...unconditional } = headers;
    const forward = httpRequest(server + rules.forward(path) + url.slice(path.length), {
      method,
      headers: isPage ? { ...unconditional, 'accept-encoding': 'identity' } : headers,
    });
    outgoing.on('close', () => {
      open.delete(outgoing);
      forward.destroy();
    });
    incoming.pipe(forward);
    const [answer] = (await once(forward, 'response')) as [IncomingMessage];
    const fate = fates.get(path);
    fates.delete(path);
    if (fate === 'delayed') await new Promise<void>((resolve) => delayed.set(path, resolve));
    if (fate === 'refused') return void outgoing.writeHead(502).end();
    if (isPage) {
      const { 'content-length': _, ...rest } = answer.headers;
      const html = Buffer.concat(await answer.toArray()).toString();
      return void outgoing.writeHead(answer.statusCode ?? 0, rest).end(rules.edit(html, path));
    }
    outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
    if (fate === undefined || fate === 'delayed') return void answer.pipe(outgoing);
    const body = Buffer.concat(await answer.toArray());
    outgoing.write(body.subarray(0, body.length / 2), () => fate === 'cut' && outgoing.destroy());
  };
  const proxy = createServer((incoming, outgoing) => {
    // After the browser or the test has disconnected, no answer is needed.
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  await once(proxy, 'listening');
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    fates,
    rules,
    /** Whether an answer to a path is delayed. */
    isDelayed: (path: string) => delayed.has(path),
    /** Passes on the delayed answer to a path. */
    release(path: string) {
      delayed.get(path)?.();
      delayed.delete(path);
    },
    /** Cuts the open connections of a path. */
    cut(path: string) {
      for (const [outgoing, which] of open) if (which === path) outgoing.destroy();
    },
  };
}
