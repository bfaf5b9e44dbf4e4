import type { ConsoleSessionAnswer } from '../../src/client/answers.ts';
import { Look } from './look.tsx';
import { type Session, SessionContext } from './session.tsx';
import { Shell } from './shell.tsx';
import { SignInAgain } from './sign-in-again.tsx';

type Props = {
  readonly session: Session;
  readonly hasEnded: boolean;
  readonly onSession: (session: ConsoleSessionAnswer) => void;
};

/** All that a signed-in operator sees. It is a file of its own: the sign-in page loads without it. */
export default function Console({ session, hasEnded, onSession }: Props) {
  return (
    <SessionContext value={session}>
      <Look>
        <Shell />
        {hasEnded && <SignInAgain onSession={onSession} />}
      </Look>
    </SessionContext>
  );
}
