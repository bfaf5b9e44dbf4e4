import { usePreferences } from '../preferences.ts';
import { type SignInTexts, signInEn, signInZh } from './sign-in.ts';

/** The texts of the sign-in page in the selected language. */
export const useSignInTexts = (): SignInTexts => (usePreferences().language === 'zh' ? signInZh : signInEn);
