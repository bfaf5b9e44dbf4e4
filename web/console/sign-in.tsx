import { type FormEvent, useState } from 'react';

/** Asks for the operator's token. */
export function SignIn() {
  const [wrong, setWrong] = useState('');
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const token = String(new FormData(event.currentTarget).get('token'));
    const probe = { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: '{}' };
    const { status } = await fetch('/console/v1/signInCodes', probe);
    setWrong(status === 401 ? 'This is not the admin token.' : '');
  };
  return (
    <main>
      <h1>huizhi console</h1>
      <form onSubmit={submit}>
        <label>
          Admin token <input name="token" type="password" required autoComplete="current-password" />
        </label>
        <button type="submit">Sign in</button>
        <p role="alert">{wrong}</p>
      </form>
    </main>
  );
}
