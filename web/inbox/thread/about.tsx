import { SayLink } from '../compose/say-link.tsx';
import type { Conversation } from '../state/state.ts';
import { useSpeech } from '../texts.ts';
import { ExternalLink } from './message.tsx';
import { type QuickLink, resolveQuickEntries } from './quick-entries.ts';

const isTouched = () => window.matchMedia('(pointer: coarse)').matches;

type Props = {
  readonly robot: NonNullable<Conversation['robot']>;
  /** Sends a text to the robot; undefined where the reader cannot write. */
  readonly say: ((text: string) => void) | undefined;
};

/** What a robot says about itself: its short description and its quick entries. */
export function About({ robot: { brief, quickEntries }, say }: Props) {
  const { t, language } = useSpeech();
  const links = resolveQuickEntries(quickEntries, { language, isTouched: isTouched(), canSay: say !== undefined });
  if (brief === null && links.length === 0) return null;
  return (
    <div className="about">
      {brief !== null && <p dir="auto">{brief}</p>}
      {links.length > 0 && (
        <nav aria-label={t.quickEntries}>
          {links.map((link) => (
            <Quick key={link.key} link={link} say={say} />
          ))}
        </nav>
      )}
    </div>
  );
}

function Quick({ link: { name, text, url }, say }: { readonly link: QuickLink } & Pick<Props, 'say'>) {
  if (text !== undefined) return say && <SayLink text={text} title={name} say={say} />;
  return (
    <ExternalLink url={url} className="quick">
      <bdi>{name}</bdi>
    </ExternalLink>
  );
}
