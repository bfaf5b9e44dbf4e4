import { CallError, call, isPassing } from '../shared/call.ts';
import { mounted } from '../shared/mount.tsx';
import { markDocument } from '../shared/preferences.ts';
import { App } from './app.tsx';
import './style.css';
import './thread/message.css';

markDocument();
const failed = await usedLink();
mounted(<App failed={failed} />);

/** Signs in by a one-time link, whose code leaves the address at once; answers why that, or a provider's sign-in, did not work. */
async function usedLink(): Promise<Error | undefined> {
  const query = new URLSearchParams(location.search);
  const [code, outcome] = [query.get('code'), query.get('signIn')];
  if (code === null && outcome === null) return undefined;
  history.replaceState(null, '', `/${location.hash}`);
  if (code === null) return new CallError(403, `signIn.${outcome}`, 'the provider did not vouch for a user');
  return call('POST', '/inbox/v1/sessions', { body: { code } }).then(
    () => undefined,
    (error: Error) => {
      // The code may still be good: whoever reloads tries it again.
      if (isPassing(error)) history.replaceState(null, '', `/?${new URLSearchParams({ code })}${location.hash}`);
      return error;
    },
  );
}
