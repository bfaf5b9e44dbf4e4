import { useCallback, useEffect, useMemo, useState } from 'react';
import type { InboxUser, InboxWhoAnswer } from '../../src/client/answers.ts';
import { call } from '../shared/call.ts';
import { type Choices, useChoices } from '../shared/preferences.ts';
import { Inbox } from './inbox.tsx';
import { SignIn } from './sign-in.tsx';
import { Speech, textsOf } from './texts.ts';

/** The inbox, or the way into it. `failed` is why a sign-in link did not work. */
export function App({ failed }: { readonly failed: Error | undefined }) {
  const choices = useChoices();
  const { language } = choices;
  const [who, setWho] = useState<InboxWhoAnswer | Error>();
  const ask = useCallback(() => {
    call<InboxWhoAnswer>('GET', '/inbox/v1/sessions').then(setWho, setWho);
  }, []);
  useEffect(ask, [ask]);
  const speech = useMemo(() => ({ t: textsOf[language], language }), [language]);
  return (
    <Speech value={speech}>
      <title>{`${speech.t.title} · huizhi`}</title>
      <Page who={who} ask={ask} failed={failed} choices={choices} />
    </Speech>
  );
}

type PageProps = {
  readonly who: InboxWhoAnswer | Error | undefined;
  readonly failed: Error | undefined;
  readonly choices: Choices;
  ask(): void;
};

function Page({ who, ask, failed, choices }: PageProps) {
  if (who === undefined) return <main className="center" aria-busy="true" />;
  if (who instanceof Error) return <SignIn ways={[]} failed={who} choices={choices} onSignedIn={ask} />;
  if (!who.user) return <SignIn ways={who.signIn} failed={failed} choices={choices} onSignedIn={ask} />;
  return <Inbox key={keyOf(who.user)} user={who.user} since={who.sequence} choices={choices} onSignedOut={ask} />;
}

const keyOf = ({ corpId, userId }: InboxUser) => JSON.stringify([corpId, userId]);
