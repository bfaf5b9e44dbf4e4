import { useCallback, useEffect, useId, useRef, useState } from 'react';
import type { InboxMember, InboxMembersAnswer } from '../../src/client/answers.ts';
import { useWords } from '../shared/words.ts';
import { Avatar } from './avatar.tsx';
import { CloseIcon } from './icons.tsx';
import type { Conversation } from './state/state.ts';
import type { Store } from './state/store.ts';
import { useSpeech } from './texts.ts';

type Props = { readonly conversation: Conversation; readonly store: Store; onClose(): void };

/** A scrollable element must be focusable, so that it can be scrolled by keyboard. */
const reachable = { tabIndex: 0 };

/** A dialog with the robots and members of a conversation, page by page. */
export default function Members({ conversation: { conversationId, title }, store, onClose }: Props) {
  const { t } = useSpeech();
  const heading = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const { listed, proceed } = useMembers(conversationId, store);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="dialog members" aria-labelledby={heading} onClose={onClose}>
      <header className="members-head">
        <h3 id={heading} dir="auto">
          {t.membersOf(title)}
        </h3>
        <button type="button" className="round small" aria-label={t.close} onClick={() => dialog.current?.close()}>
          <CloseIcon />
        </button>
      </header>
      <section className="members-list" aria-label={t.membersOf(title)} {...reachable}>
        {listed.robots.length > 0 && <Robots robots={listed.robots} />}
        <ul>
          {listed.members.map((member) => (
            <Member key={member.userId} member={member} />
          ))}
        </ul>
        <Progress listed={listed} onProceed={proceed} />
      </section>
    </dialog>
  );
}

/** The members loaded so far. `cursor` is undefined before the first page, and null after the last one. */
type Listed = {
  readonly phase: 'loading' | 'failed' | 'ready';
  readonly members: readonly InboxMember[];
  readonly robots: InboxMembersAnswer['robots'];
  readonly cursor: string | null | undefined;
};

const nothing: Listed = { phase: 'loading', members: [], robots: [], cursor: undefined };

function useMembers(conversationId: string, store: Store) {
  const [listed, setListed] = useState(nothing);
  const load = useCallback(
    (cursor: string | undefined) => {
      setListed((now) => ({ ...now, phase: 'loading' }));
      store.loadMembers(conversationId, cursor).then(
        (page) => setListed((now) => ({ ...page, phase: 'ready', members: merge(now.members, page.members) })),
        () => setListed((now) => ({ ...now, phase: 'failed' })),
      );
    },
    [conversationId, store],
  );
  useEffect(() => load(undefined), [load]);
  return { listed, proceed: () => load(listed.cursor ?? undefined) };
}

function merge(known: readonly InboxMember[], more: readonly InboxMember[]): readonly InboxMember[] {
  const have = new Set(known.map(({ userId }) => userId));
  return [...known, ...more.filter(({ userId }) => !have.has(userId))];
}

function Robots({ robots }: Pick<Listed, 'robots'>) {
  const { t } = useSpeech();
  return (
    <p className="hint">
      {t.robotsIn}{' '}
      {robots.map(({ robotCode, robotName }) => (
        <bdi key={robotCode} className="members-robot">
          {robotName}
        </bdi>
      ))}
    </p>
  );
}

function Member({ member: { userId, name, role } }: { readonly member: InboxMember }) {
  const { t } = useSpeech();
  return (
    <li className="member">
      <Avatar name={name} seed={userId} />
      <span className="member-name" dir="auto">
        {name}
      </span>
      {t.roles[role] !== '' && <span className="sender-tag">{t.roles[role]}</span>}
    </li>
  );
}

/** The number of members shown, and a button for more of them or to repeat a failed request. */
function Progress({ listed: { phase, members, cursor }, onProceed }: { readonly listed: Listed; onProceed(): void }) {
  const { t, number } = useSpeech();
  const { words } = useWords();
  const count = t.memberCount(number(members.length), cursor === null);
  return (
    <div className="members-progress">
      <p className="hint" role="status">
        {phase === 'loading' ? t.loading : phase === 'ready' && count}
      </p>
      {phase === 'failed' && (
        <p className="alert" role="alert">
          {t.membersFailed}
        </p>
      )}
      {(phase === 'failed' || typeof cursor === 'string') && (
        <button type="button" className="pill" aria-disabled={phase === 'loading'} onClick={onProceed}>
          {phase === 'failed' ? words.retry : t.moreMembers}
        </button>
      )}
    </div>
  );
}
