import { useEffect, useRef, useState } from 'react';
import type { Choices, Language, Theme } from '../shared/preferences.ts';
import { SettingsIcon } from './icons.tsx';
import type { Alert, AlertChoices } from './offline/alerts.ts';
import { useInstallation } from './offline/install.ts';
import { useSpeech } from './texts.ts';

type Props = { readonly choices: Choices; readonly alerts?: AlertChoices; readonly onSignOut?: () => void };

/** A button that opens a menu with language, theme, alerts, the installation as an app, and sign-out. */
export function Settings({ choices, alerts, onSignOut }: Props) {
  const { t } = useSpeech();
  const install = useInstallation();
  const [isOpen, setOpen] = useState(false);
  const box = useClosing(isOpen, () => setOpen(false));
  return (
    <div className="settings" ref={box}>
      <button
        type="button"
        className="round"
        aria-label={t.settings}
        title={t.settings}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <SettingsIcon />
      </button>
      {isOpen && (
        <fieldset className="menu" aria-label={t.settings}>
          <label>
            {t.language}
            <select value={choices.language} onChange={({ target }) => choices.setLanguage(target.value as Language)}>
              <option value="zh">中文</option>
              <option value="en">English</option>
            </select>
          </label>
          <label>
            {t.theme}
            <select value={choices.theme} onChange={({ target }) => choices.setTheme(target.value as Theme)}>
              <option value="auto">{t.themes.auto}</option>
              <option value="light">{t.themes.light}</option>
              <option value="dark">{t.themes.dark}</option>
            </select>
          </label>
          {alerts && <Alerts alerts={alerts} />}
          {install && (
            <button type="button" onClick={install}>
              {t.install}
            </button>
          )}
          {onSignOut && (
            <button type="button" onClick={onSignOut}>
              {t.signOut}
            </button>
          )}
        </fieldset>
      )}
    </div>
  );
}

function Alerts({ alerts: { isOn, canNotify, choose } }: { readonly alerts: AlertChoices }) {
  const { t } = useSpeech();
  const box = (alert: Alert) => (
    <label key={alert}>
      {t.alerts[alert]}
      <input type="checkbox" checked={isOn[alert]} onChange={({ target }) => choose(alert, target.checked)} />
    </label>
  );
  return <>{[...(canNotify ? [box('notify')] : []), box('sound')]}</>;
}

/** Closes the menu on Escape, which returns the focus to its button, and on a press outside. */
function useClosing(isOpen: boolean, close: () => void) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    const onKey = ({ key }: KeyboardEvent) => {
      if (key !== 'Escape') return;
      close();
      box.current?.querySelector('button')?.focus();
    };
    const onPress = ({ target }: Event) => {
      if (target instanceof Node && !box.current?.contains(target)) close();
    };
    document.addEventListener('keydown', onKey);
    document.addEventListener('pointerdown', onPress);
    return () => {
      document.removeEventListener('keydown', onKey);
      document.removeEventListener('pointerdown', onPress);
    };
  });
  return box;
}
