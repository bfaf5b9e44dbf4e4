import { type SubmitEvent, useEffect, useState } from 'react';
import type { ConsoleSessionAnswer, ConsoleSignInAnswer } from '../../src/client/answers.ts';
import { CallError, call } from '../shared/call.ts';
import icon from '../shared/icon.svg';
import { type Outcome, refuseLink, useArrival } from './arrival.ts';
import { wordsOf } from './parts/error-words.ts';
import { usePreferences } from './preferences.ts';
import { useSignInTexts } from './texts/use-sign-in-texts.ts';

type Props = {
  /** Called when the form is submitted; loads the console while the server checks the token. */
  readonly onSubmit?: (() => void) | undefined;
  readonly onSession: (session: ConsoleSessionAnswer) => void;
};

/**
 * The sign-in page, which exchanges a one-time link or the admin token for a session, or leads to the OpenID provider.
 * It does not use Ant Design, so that it loads quickly.
 */
export function SignIn({ hasEnded, onSubmit, onSession }: Props & { readonly hasEnded: boolean }) {
  const t = useSignInTexts();
  const { link, outcome } = useArrival();
  return (
    <div className="sign-in">
      <Switches />
      <main className="sign-in-card">
        <img src={icon} alt="" width={48} height={48} />
        <h1>{t.consoleTitle}</h1>
        <p>{t.consoleSubtitle}</p>
        {hasEnded && !link && outcome !== 'linkUsed' && (
          <p className="sign-in-ended" role="alert">
            {t.signedOut}
          </p>
        )}
        {outcome && <Wrong text={t.access[outcome]} />}
        {link ? (
          <LinkForm key={link} link={link} onSubmit={onSubmit} onSession={onSession} />
        ) : (
          <>
            <TokenForm onSubmit={onSubmit} onSession={onSession} />
            <OidcWay outcome={outcome} />
          </>
        )}
      </main>
    </div>
  );
}

function Wrong({ text }: { readonly text: string }) {
  return (
    <p className="sign-in-wrong" role="alert">
      {text}
    </p>
  );
}

type LinkProps = Props & { readonly link: string };

/** Signs in with a one-time link when the button is pressed: programs that preview links must not use it up. */
function LinkForm({ link, onSubmit, onSession }: LinkProps) {
  const t = useSignInTexts();
  const [wrong, setWrong] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setWrong('');
    onSubmit?.();
    try {
      onSession(await call<ConsoleSessionAnswer>('POST', '/console/v1/sessions', { body: { link } }));
    } catch (error) {
      if (isRefusal(error)) {
        refuseLink();
      } else {
        setWrong(wordsOf(error as Error, t));
        setBusy(false);
      }
    }
  };
  return (
    <form className="sign-in-form" onSubmit={submit}>
      <p>{t.access.link}</p>
      {wrong && <Wrong text={wrong} />}
      <button type="submit" className="sign-in-go" disabled={busy} aria-busy={busy}>
        {t.signIn}
      </button>
    </form>
  );
}

/** Whether the server has refused a secret itself. */
const isRefusal = (error: unknown) => error instanceof CallError && (error.status === 401 || error.status === 400);

/** The link to the OpenID provider, if the server has one. */
export function OidcWay({ outcome }: { readonly outcome?: Outcome | undefined }) {
  const t = useSignInTexts();
  const [ways, setWays] = useState<ConsoleSignInAnswer['signIn']>([]);
  useEffect(() => {
    // Without an answer, the form for the admin token is still there.
    call<ConsoleSignInAnswer>('GET', '/console/v1/signIn').then(
      ({ signIn }) => setWays(signIn),
      () => undefined,
    );
  }, []);
  if (!ways.some((way) => way === 'oidc')) return null;
  // The provider would return the same person again unless it must ask for a sign-in.
  const isUnknown = outcome === 'unknown';
  return (
    <div className="sign-in-other">
      <span>{t.access.or}</span>
      <a href={`/console/v1/oidc/start${isUnknown ? '?prompt=login' : ''}`}>
        {isUnknown ? t.access.otherOidc : t.access.oidc}
      </a>
    </div>
  );
}

/** The form of the sign-in page and of the dialog that is shown when the session has ended. */
export function TokenForm({ onSubmit, onSession }: Props) {
  const t = useSignInTexts();
  const [wrong, setWrong] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const adminToken = String(new FormData(event.currentTarget).get('adminToken')).trim();
    if (adminToken === '') return setWrong(t.required);
    setBusy(true);
    setWrong('');
    onSubmit?.();
    try {
      onSession(await call<ConsoleSessionAnswer>('POST', '/console/v1/sessions', { body: { adminToken } }));
    } catch (error) {
      setWrong(isRefusal(error) ? t.wrongToken : wordsOf(error as Error, t));
      setBusy(false);
    }
  };
  return (
    <form className="sign-in-form" onSubmit={submit} noValidate>
      <TokenField isWrong={wrong !== ''} />
      {wrong && <Wrong text={wrong} />}
      <button type="submit" className="sign-in-go" disabled={busy} aria-busy={busy}>
        {t.signIn}
      </button>
    </form>
  );
}

function TokenField({ isWrong }: { readonly isWrong: boolean }) {
  const t = useSignInTexts();
  const [isShown, setShown] = useState(false);
  return (
    <>
      <label htmlFor="adminToken">{t.adminToken}</label>
      <span className="sign-in-token">
        <input
          id="adminToken"
          name="adminToken"
          type={isShown ? 'text' : 'password'}
          autoComplete="current-password"
          spellCheck={false}
          ref={focus}
          aria-describedby="adminTokenHint"
          aria-invalid={isWrong}
        />
        <button type="button" aria-pressed={isShown} onClick={() => setShown(!isShown)}>
          {t.showToken}
        </button>
      </span>
      <small id="adminTokenHint">
        <Hint />
      </small>
    </>
  );
}

/** Focuses the field on mount; it is the only field of the page. */
const focus = (input: HTMLInputElement | null) => input?.focus();

function Switches() {
  const { language, isDark, setLanguage, setTheme } = usePreferences();
  const t = useSignInTexts();
  return (
    <div className="sign-in-switches">
      <button type="button" onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}>
        <span lang={language === 'zh' ? 'en' : 'zh-CN'}>{language === 'zh' ? 'English' : '中文'}</span>
      </button>
      <button type="button" onClick={() => setTheme(isDark ? 'light' : 'dark')}>
        {isDark ? t.toLight : t.toDark}
      </button>
    </div>
  );
}

const flag = 'HUIZHI_ADMIN_TOKEN';

/** The hint below the token field, in which the name of the variable does not wrap. */
function Hint() {
  const [before, after] = useSignInTexts().adminTokenHint.split(flag);
  return (
    <>
      {before}
      <span className="number">{flag}</span>
      {after}
    </>
  );
}
