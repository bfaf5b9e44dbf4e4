import { useChoices } from '../shared/preferences.ts';
import { Gate } from './gate.tsx';
import { PreferencesContext } from './preferences.ts';

/** The root component of the console. */
export function Application() {
  return (
    <PreferencesContext value={useChoices()}>
      <Gate />
    </PreferencesContext>
  );
}
