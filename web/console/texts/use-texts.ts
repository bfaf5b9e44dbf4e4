import { usePreferences } from '../preferences.ts';
import { type Texts, textsOf } from './index.ts';

/** The texts in the selected language. */
export const useTexts = (): Texts => textsOf(usePreferences().language);
