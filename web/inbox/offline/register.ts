import type { OpenConversation } from '../../worker/shared.ts';

/** Registers the service worker, which browsers allow on https and on localhost. The inbox works without it. */
export function registerWorker(): void {
  navigator.serviceWorker?.register('/sw.js').catch(() => {});
  navigator.serviceWorker?.addEventListener('message', ({ data }: MessageEvent<OpenConversation>) => {
    location.hash = data.fragment;
  });
}
