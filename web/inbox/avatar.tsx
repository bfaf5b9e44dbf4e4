import type { Conversation } from './state/state.ts';

const shades = 8;

type Props = { readonly name: string; readonly seed: string; readonly isRound?: boolean };

/** The first character of a name, in a colour derived from `seed`; in a circle for a conversation of several. */
export function Avatar({ name, seed, isRound = false }: Props) {
  const sum = [...seed].reduce((total, letter) => (total * 31 + (letter.codePointAt(0) ?? 0)) % 9973, 7);
  return (
    <span className={`avatar shade-${sum % shades}${isRound ? ' is-round' : ''}`} aria-hidden="true">
      {[...name.trim()][0] ?? '?'}
    </span>
  );
}

/** The avatar of a conversation. */
export function ConversationAvatar({ conversation }: { readonly conversation: Conversation }) {
  const { conversationId, kind, title, robot } = conversation;
  return <Avatar name={title} seed={robot?.robotCode ?? conversationId} isRound={kind === 'group'} />;
}
