/**
 * The service worker of the inbox, at `/sw.js`. It keeps the page with its scripts and styles (the shell), so that the
 * inbox opens without a connection, and the files of messages that were shown. Everything else goes to the server.
 *
 * The build writes the names of its files into this script, so a new build is a new worker with a shell of its own.
 */
import { mediaCache, type OpenConversation } from './shared.ts';

declare const self: ServiceWorkerGlobalScope;
/** Set by the build: a hash of the shell, and the paths of its files besides the page. */
declare const shellOfBuild: { readonly id: string; readonly files: readonly string[] };

const prefix = 'huizhi-shell-';
const shell = `${prefix}${shellOfBuild.id}`;
/** Shells that stay: an open page of the build before this one still loads parts of its own. */
const keptShells = 2;
/** Files of messages that stay, newest last. */
const keptFiles = 200;
const filePath = /^\/inbox\/v1\/messages\/[^/]+\/media\/[^/]+$/;

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));

async function install(): Promise<void> {
  const cache = await caches.open(shell);
  await cache.addAll(['/', ...shellOfBuild.files].map((path) => new Request(path, { cache: 'reload' })));
  await self.skipWaiting();
}

async function activate(): Promise<void> {
  const shells = (await caches.keys()).filter((name) => name.startsWith(prefix));
  await Promise.all(shells.slice(0, -keptShells).map((name) => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin || request.method !== 'GET') return;
  if (request.mode === 'navigate') return pathname === '/' ? event.respondWith(openPage(request)) : undefined;
  if (pathname.startsWith('/assets/')) return event.respondWith(loadAsset(request));
  if (filePath.test(pathname) && !request.headers.has('range')) event.respondWith(loadFile(request));
});

/** The page of the server; the shell if the server cannot be reached, or a proxy answers for it. */
async function openPage(request: Request): Promise<Response> {
  const kept = async () => (await caches.open(shell)).match('/');
  try {
    const answer = await fetch(request);
    return answer.status < 500 ? answer : ((await kept()) ?? answer);
  } catch (error) {
    const page = await kept();
    if (!page) throw error;
    return page;
  }
}

/** The name of an asset has a hash of its content, so a kept one is never out of date. */
async function loadAsset(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request);
}

/** A file of a message; a kept one only without a connection, because the server may refuse it by now. */
async function loadFile(request: Request): Promise<Response> {
  const cache = await caches.open(mediaCache);
  try {
    const answer = await fetch(request);
    if (answer.status === 200) await keepFile(cache, request, answer.clone());
    else if (answer.status < 500) await cache.delete(request);
    return answer;
  } catch (error) {
    const kept = await cache.match(request);
    if (!kept) throw error;
    return kept;
  }
}

async function keepFile(cache: Cache, request: Request, answer: Response): Promise<void> {
  try {
    await cache.put(request, answer);
    const keys = await cache.keys();
    await Promise.all(keys.slice(0, -keptFiles).map((key) => cache.delete(key)));
  } catch {
    // The browser has no room for it.
  }
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { fragment } = event.notification.data as OpenConversation;
  event.waitUntil(openConversation(fragment));
});

async function openConversation(fragment: string): Promise<void> {
  const pages = await self.clients.matchAll({ type: 'window' });
  const page = pages.find(({ url }) => new URL(url).pathname === '/');
  if (!page) return void (await self.clients.openWindow(`/#${fragment}`));
  page.postMessage({ fragment } satisfies OpenConversation);
  await page.focus();
}
