import { sayTextOf } from '../compose/say-links.ts';
import type { Conversation } from '../state/state.ts';
import { safeUrl } from './markdown/links.ts';

type Entry = NonNullable<Conversation['robot']>['quickEntries'][number];

/** What a quick entry does: it opens `url`, or it sends `text` to its robot. */
export type QuickLink = { readonly key: string; readonly name: string } & (
  | { readonly url: string; readonly text?: undefined }
  | { readonly url?: undefined; readonly text: string }
);

export type QuickOptions = {
  readonly language: 'zh' | 'en';
  /** Whether the page is used on a phone or tablet, for which a quick entry may have an address of its own. */
  readonly isTouched: boolean;
  /** Whether the reader can write to the robot. */
  readonly canSay: boolean;
};

/** Languages of a quick entry's name, by the language of the page; the first one that is there is shown. */
const languages = { zh: ['zh_CN', 'zh', 'zh_TW', 'zh_HK'], en: ['en_US', 'en', 'en_GB'] } as const;

/**
 * Returns the quick entries of a robot that can be used. An entry can send a text (a `dtmd` link) like a link in a
 * message of the robot, because only the robot's own app sets its entries.
 */
export function resolveQuickEntries(entries: readonly Entry[], options: QuickOptions): readonly QuickLink[] {
  return entries.flatMap((entry, index): readonly QuickLink[] => {
    const { mobileUrl, pcUrl } = entry;
    const name = nameOf(entry, options.language);
    for (const address of options.isTouched ? [mobileUrl, pcUrl] : [pcUrl, mobileUrl]) {
      const key = `${index} ${address}`;
      const text = sayTextOf(address ?? undefined);
      if (text !== undefined && options.canSay) return [{ key, name, text }];
      const url = safeUrl(address ?? undefined);
      if (url !== undefined) return [{ key, name, url }];
    }
    return [];
  });
}

function nameOf({ names }: Entry, language: 'zh' | 'en'): string {
  const [first = ''] = Object.values(names);
  const found = languages[language].find((name) => Object.hasOwn(names, name));
  return found === undefined ? first : (names[found] ?? first);
}
