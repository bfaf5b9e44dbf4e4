import { type FormEvent, useState } from 'react';
import type { InboxSessionAnswer, InboxUser } from '../../src/wire/inbox.ts';
import { call } from '../shared/call.ts';

/** Asks for a one-time code. */
export function SignIn() {
  const [user, setUser] = useState<InboxUser>();
  const [wrong, setWrong] = useState('');
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget).get('code'));
    const answer = await call<InboxSessionAnswer>('POST', '/inbox/v1/sessions', { body: { code } }).catch(
      (error: Error) => setWrong(error.message),
    );
    if (answer) setUser(answer.user);
  };
  if (user) return <main>{user.name}</main>;
  return (
    <main>
      <form onSubmit={submit}>
        <label>
          Code <input name="code" required autoComplete="one-time-code" />
        </label>
        <button type="submit">Sign in</button>
        <p role="alert">{wrong}</p>
      </form>
    </main>
  );
}
