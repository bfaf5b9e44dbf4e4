import type { OpenConversation } from '../../worker/shared.ts';

/** What a notification says. `tag` is the id of the message or DING. */
export type Notice = OpenConversation & { readonly tag: string; readonly title: string; readonly body: string };

/** Shows a notification through the service worker: on a phone there is no other way. */
export async function show({ tag, title, body, fragment }: Notice): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  const data: OpenConversation = { fragment };
  await registration?.showNotification(title, { tag, body, data, icon: '/app/icon-192.png' }).catch(() => {});
}

/** Closes the notification of something that was recalled. */
export async function close(tag: string): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  for (const shown of (await registration?.getNotifications({ tag })) ?? []) shown.close();
}
