import { useChoices } from '../shared/preferences.ts';
import { Gate } from './gate.tsx';
import { PreferencesContext } from './preferences.ts';

/** The console: preferences around the sign-in and the pages. */
export function Application() {
  return (
    <PreferencesContext value={useChoices()}>
      <Gate />
    </PreferencesContext>
  );
}
