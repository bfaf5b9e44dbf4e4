import { type FormEvent, useEffect, useId, useState } from 'react';
import type { InboxPeopleAnswer, InboxUser, InboxWhoAnswer } from '../../src/client/answers.ts';
import { CallError, call } from '../shared/call.ts';
import { isolate } from '../shared/isolate.ts';
import type { Choices } from '../shared/preferences.ts';
import { Avatar } from './avatar.tsx';
import { SearchIcon } from './icons.tsx';
import { Settings } from './settings.tsx';
import { type Texts, useSpeech } from './texts.ts';

type Props = {
  readonly ways: InboxWhoAnswer['signIn'];
  readonly failed: Error | undefined;
  /** Whether the user was signed in until the session ended. */
  readonly hasEnded: boolean;
  readonly choices: Choices;
  onSignedIn(): void;
};

/** The sign-in page with the methods that the server offers. */
export default function SignIn({ ways, failed, hasEnded, choices, onSignedIn }: Props) {
  const { t } = useSpeech();
  const [error, setError] = useState(failed);
  const signIn = async (body: object) => {
    setError(undefined);
    await call('POST', '/inbox/v1/sessions', { body }).then(onSignedIn, setError);
  };
  return (
    <main className="center">
      <div className="corner">
        <Settings choices={choices} />
      </div>
      <section className="sign-in">
        <Logo />
        <h1>{t.signInTitle}</h1>
        {hasEnded && !error && (
          <p role="status" className="ended">
            {t.sessionEnded}
          </p>
        )}
        <p role="alert" className="alert" hidden={!error}>
          {error && reasonText(error, t)}
        </p>
        {ways.includes('person') && <People onChosen={signIn} />}
        {ways.some(isOidc) && (
          <a className="primary" href={`/inbox/v1/oidc/start${isStranger(error) ? '?prompt=login' : ''}`}>
            {isStranger(error) ? t.useOtherOidc : t.useOidc}
          </a>
        )}
        {ways.includes('code') && <CodeForm isOpen={ways.length === 1} onCode={(code) => signIn({ code })} />}
      </section>
    </main>
  );
}

/**
 * Whether the OpenID provider has signed in somebody who is not a user of huizhi. The next attempt must force a new
 * login, otherwise the provider would return the same person.
 */
const isStranger = (error: Error | undefined) => error instanceof CallError && error.code === 'signIn.unknown';
const isOidc = (way: string) => way === 'oidc';

function Logo() {
  return (
    <svg className="logo" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" className="logo-back" />
      <path d="M8 10h16v10H14l-4 4v-4H8z" fill="#fff" />
      <path d="m12.5 15 2.5 2.5 5-5" className="logo-check" />
    </svg>
  );
}

function reasonText(error: Error, t: Texts): string {
  if (!(error instanceof CallError) || error.status === 0 || error.status >= 500) return t.unreachable;
  if (error.code === 'signIn.failed') return t.oidcFailed;
  if (error.code === 'signIn.unknown') return t.oidcUnknown;
  return error.status === 429 ? t.tooMany : t.badCode;
}

function People({ onChosen }: { onChosen(person: { corpId: string; userId: string }): void }) {
  const { t } = useSpeech();
  const [text, setText] = useState('');
  const [corpId, setCorpId] = useState('');
  const answer = usePeople(text, corpId);
  return (
    <>
      <p className="hint">{t.choosePerson}</p>
      <label className="field">
        <SearchIcon />
        <input
          type="search"
          dir="auto"
          value={text}
          onChange={({ target }) => setText(target.value)}
          placeholder={t.searchPeople}
          aria-label={t.searchPeople}
        />
      </label>
      {answer && answer.organizations.length > 1 && (
        <select aria-label={t.organization} value={corpId} onChange={({ target }) => setCorpId(target.value)}>
          <option value="">{t.allOrganizations}</option>
          {answer.organizations.map((one) => (
            <option key={one.corpId} value={one.corpId} dir="auto">
              {one.name}
            </option>
          ))}
        </select>
      )}
      <ul className="people">
        {answer?.people.map((person) => (
          <li key={`${person.corpId} ${person.userId}`}>
            <button type="button" onClick={() => onChosen({ corpId: person.corpId, userId: person.userId })}>
              <Avatar name={person.name} seed={person.userId} />
              <span className="person">
                <b dir="auto">{person.name}</b>
                <small>
                  {[person.userId, ...(corpId === '' ? [nameOf(answer, person)] : [])].map(isolate).join(' · ')}
                </small>
              </span>
            </button>
          </li>
        ))}
      </ul>
      <p className="hint" role="status">
        {answer?.people.length === 0 && t.nobody}
      </p>
    </>
  );
}

function nameOf({ organizations }: InboxPeopleAnswer, { corpId }: InboxUser): string {
  return organizations.find((one) => one.corpId === corpId)?.name ?? corpId;
}

/** The users who match the search. The previous response is returned until the next one arrives. */
function usePeople(text: string, corpId: string): InboxPeopleAnswer | undefined {
  const [answer, setAnswer] = useState<InboxPeopleAnswer>();
  useEffect(() => {
    const stop = new AbortController();
    const query = new URLSearchParams({ limit: '100', ...(text && { text }), ...(corpId && { corpId }) });
    const ask = () =>
      call<InboxPeopleAnswer>('GET', `/inbox/v1/people?${query}`, { signal: stop.signal }).then(setAnswer, () => {});
    const timer = window.setTimeout(ask, text === '' ? 0 : 120);
    return () => {
      window.clearTimeout(timer);
      stop.abort();
    };
  }, [text, corpId]);
  return answer;
}

function CodeForm({ isOpen, onCode }: { readonly isOpen: boolean; onCode(code: string): void }) {
  const { t } = useSpeech();
  const id = useId();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    onCode(String(new FormData(event.currentTarget).get('code')).trim());
  };
  const form = (
    <form onSubmit={submit} className="code-form">
      <p className="hint" id={id}>
        {t.codeHint}
      </p>
      <input
        name="code"
        required
        aria-label={t.code}
        placeholder={t.code}
        aria-describedby={id}
        autoComplete="one-time-code"
      />
      <button type="submit" className="primary">
        {t.signIn}
      </button>
    </form>
  );
  if (isOpen) return form;
  return (
    <details>
      <summary>{t.useCode}</summary>
      {form}
    </details>
  );
}
