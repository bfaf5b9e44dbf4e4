import { StrictMode } from 'react';
import { call } from '../shared/call.ts';
import { mounted } from '../shared/mount.ts';
import { chosenLanguage, chosenTheme, keepLanguage, keepTheme } from '../shared/preferences.ts';
import { App } from './app.tsx';
import './style.css';
import './message.css';

keepTheme(chosenTheme());
keepLanguage(chosenLanguage());
const failed = await usedLink();
mounted(
  <StrictMode>
    <App failed={failed} />
  </StrictMode>,
);

/** Signs in by a one-time link, whose code leaves the address at once; answers why it did not work. */
async function usedLink(): Promise<Error | undefined> {
  const code = new URLSearchParams(location.search).get('code');
  if (code === null) return undefined;
  history.replaceState(null, '', `/${location.hash}`);
  return call('POST', '/inbox/v1/sessions', { body: { code } }).then(
    () => undefined,
    (error: Error) => error,
  );
}
