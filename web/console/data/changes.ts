import { App } from 'antd';
import { useRef } from 'react';
import { isSignedOut } from '../../shared/call.ts';
import { wordsOf } from '../parts/error-words.ts';
import { useSession } from '../session.tsx';
import { useTexts } from '../texts/use-texts.ts';

/** Long enough to read an error message twice. */
const errorSeconds = 10;

/**
 * Returns a function that sends a change to the server. It shows the text `done` on success and the error message on
 * failure, and resolves to the response, or to undefined on failure. Changes run one at a time, so the last response
 * has the newest state. If `onError` is given, errors are passed to it instead of being shown; it is called with
 * undefined when the next change starts.
 */
export function useChange(onError?: (error: Error | undefined) => void) {
  const { ask } = useSession();
  const { message } = App.useApp();
  const t = useTexts();
  const before = useRef<Promise<unknown>>(Promise.resolve());
  const make = async <T>(method: string, path: string, body: object, done?: string): Promise<T | undefined> => {
    onError?.(undefined);
    try {
      const answer = await ask<T>(method, path, body);
      if (done) message.success(done);
      return answer;
    } catch (error) {
      // The gate shows the sign-in dialog in this case.
      if (isSignedOut(error)) return undefined;
      if (onError) onError(error as Error);
      else message.error(wordsOf(error as Error, t), errorSeconds);
      return undefined;
    }
  };
  return <T>(...given: Parameters<typeof make>): Promise<T | undefined> => {
    const sent = before.current.then(() => make<T>(...given));
    before.current = sent;
    return sent;
  };
}
