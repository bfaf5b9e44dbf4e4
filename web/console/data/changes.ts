import { App } from 'antd';
import { useRef } from 'react';
import { isSignedOut } from '../../shared/call.ts';
import { wordsOf } from '../parts/error-words.ts';
import { useTexts } from '../preferences.ts';
import { useSession } from '../session.tsx';

/** An error can be read twice before it goes. */
const errorSeconds = 10;

/**
 * Makes a change and says how it went: `done` when it went well, the server's words when not. Answers undefined when it failed. Changes go
 * out one after the other, so that the answer to the last one says how things stand. With `onError` an error is not shown but handed over, and
 * undefined when the next change begins.
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
      // The page itself says that the session has ended.
      if (isSignedOut(error)) return undefined;
      if (onError) onError(error as Error);
      else message.error(wordsOf(error as Error, t), errorSeconds);
      return undefined;
    }
  };
  return <T>(...given: Parameters<typeof make>): Promise<T | undefined> => {
    const made = before.current.then(() => make<T>(...given));
    before.current = made;
    return made;
  };
}
