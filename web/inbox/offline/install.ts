import { useEffect, useState } from 'react';

/** The event of Chromium that offers to install the page; no standard has it, and TypeScript does not know it. */
type InstallEvent = Event & { prompt(): Promise<unknown> };

let offered: InstallEvent | undefined;
const listeners = new Set<() => void>();

/** Keeps the browser's offer to install the inbox for the settings. Call it before the first render. */
export function watchInstallation(): void {
  const set = (event: InstallEvent | undefined) => {
    offered = event;
    for (const listener of listeners) listener();
  };
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    set(event as InstallEvent);
  });
  window.addEventListener('appinstalled', () => set(undefined));
}

/** The function that asks the user to install the inbox as an app, if the browser offers that. */
export function useInstallation(): (() => void) | undefined {
  const [event, setEvent] = useState(offered);
  useEffect(() => {
    const follow = () => setEvent(offered);
    follow();
    listeners.add(follow);
    return () => void listeners.delete(follow);
  }, []);
  return event && (() => void event.prompt());
}
