import { CallError, call, isPassing } from '../shared/call.ts';
import { mountPage } from '../shared/mount.tsx';
import { markDocument } from '../shared/preferences.ts';
import { App } from './app.tsx';
import { watchInstallation } from './offline/install.ts';
import { registerWorker } from './offline/register.ts';
import './style.css';
import './thread/message.css';
import './thread/media.css';
import './compose/compose.css';

markDocument();
watchInstallation();
const failed = await signInByLink();
mountPage(<App failed={failed} />);
registerWorker();

/**
 * Signs in if the page was opened by a one-time link, and removes its code from the URL. Returns the error of that, or
 * of a sign-in at an OpenID provider that led back here.
 */
async function signInByLink(): Promise<Error | undefined> {
  const query = new URLSearchParams(location.search);
  const [code, outcome] = [query.get('code'), query.get('signIn')];
  if (code === null && outcome === null) return undefined;
  history.replaceState(null, '', `/${location.hash}`);
  if (code === null) return new CallError(403, `signIn.${outcome}`, 'the provider did not vouch for a user');
  return call('POST', '/inbox/v1/sessions', { body: { code } }).then(
    () => undefined,
    (error: Error) => {
      // The code may still be valid: put it back, so that a reload tries it again.
      if (isPassing(error)) history.replaceState(null, '', `/?${new URLSearchParams({ code })}${location.hash}`);
      return error;
    },
  );
}
