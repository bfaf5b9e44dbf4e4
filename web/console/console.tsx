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

/** The console of a signed-in operator. It is loaded separately, so that the sign-in page stays small. */
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
