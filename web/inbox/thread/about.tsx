import type { Conversation } from '../state/state.ts';
import { useSpeech } from '../texts.ts';
import { safeUrl } from './links.ts';
import { ExternalLink } from './message.tsx';

/** Languages of a quick entry's name, by the language of the page; the first one that is there is shown. */
const languages = { zh: ['zh_CN', 'zh', 'zh_TW', 'zh_HK'], en: ['en_US', 'en', 'en_GB'] } as const;

/** Whether the page is used on a phone or tablet, for which a quick entry may have an address of its own. */
const isTouched = () => window.matchMedia('(pointer: coarse)').matches;

type Robot = NonNullable<Conversation['robot']>;
type Entry = Robot['quickEntries'][number];

/** What a robot says about itself: its short description and its quick entries. */
export function About({ robot: { brief, quickEntries } }: { readonly robot: Robot }) {
  const { t, language } = useSpeech();
  const links = quickEntries.flatMap((entry, index) => {
    const url = addressOf(entry);
    return url === undefined ? [] : [{ key: `${index} ${url}`, name: nameOf(entry, language), url }];
  });
  if (brief === null && links.length === 0) return null;
  return (
    <div className="about">
      {brief !== null && <p dir="auto">{brief}</p>}
      {links.length > 0 && (
        <nav aria-label={t.quickEntries}>
          {links.map(({ key, name, url }) => (
            <ExternalLink key={key} url={url} className="quick">
              <bdi>{name}</bdi>
            </ExternalLink>
          ))}
        </nav>
      )}
    </div>
  );
}

function addressOf({ mobileUrl, pcUrl }: Entry): string | undefined {
  const addresses = isTouched() ? [mobileUrl, pcUrl] : [pcUrl, mobileUrl];
  return addresses.map((address) => safeUrl(address ?? undefined)).find((url) => url !== undefined);
}

function nameOf({ names }: Entry, language: 'zh' | 'en'): string {
  const [first = ''] = Object.values(names);
  const found = languages[language].find((name) => Object.hasOwn(names, name));
  return found === undefined ? first : (names[found] ?? first);
}
