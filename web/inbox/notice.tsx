import { useState } from 'react';
import { isolate } from '../shared/isolate.ts';
import type { State } from './state/state.ts';
import type { Store } from './state/store.ts';
import { useSpeech } from './texts.ts';

/** A notice after an upgrade, until it is dismissed: robots that the user had muted are blocked now. */
export function BlockNotice({ state, store }: { readonly state: State; readonly store: Store }) {
  const { t, language } = useSpeech();
  const [hasFailed, setFailed] = useState(false);
  const names = [...state.conversations.values()]
    .filter(({ robot }) => robot?.wasMute)
    .map(({ title }) => isolate(title));
  if (names.length === 0) return null;
  const list = new Intl.ListFormat(language, { type: 'conjunction' }).format(names);
  return (
    <div className="notice" role="status">
      <p dir="auto">{t.noticeText(list)}</p>
      <button type="button" onClick={() => store.dismissNotices().catch(() => setFailed(true))}>
        {t.dismiss}
      </button>
      {hasFailed && <span role="alert">{t.failed}</span>}
    </div>
  );
}
