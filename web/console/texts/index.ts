import { en } from './en.ts';
import { zh } from './zh.ts';

/** Every text of the console; the English one is the form that the others have. */
export type Texts = typeof en;

export const textsOf = (language: 'zh' | 'en'): Texts => (language === 'zh' ? zh : en);
