import { type Draft, targetOf } from './draft.ts';
import type { Random } from './random.ts';
import type { RawForm } from './raw-form.ts';
import { framingForms } from './raw-framing.ts';
import { syntaxForms } from './raw-syntax.ts';

const forms = [...framingForms, ...syntaxForms];

/** A form of a request that HTTP clients do not send. */
export function createRawForm(draft: Draft, random: Random): RawForm {
  const { kind, make } = random.pick(forms);
  // A call whose answer does not end would keep the connection.
  const isStream = targetOf(draft).includes('/events');
  return { kind, ...make(isStream ? { ...draft, path: '/healthz', query: [] } : draft, random) };
}
