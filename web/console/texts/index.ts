import { en, type Texts } from './en.ts';
import { zh } from './zh.ts';

export type { Texts } from './en.ts';

export const textsOf = (language: 'zh' | 'en'): Texts => (language === 'zh' ? zh : en);
