import { App } from 'antd';
import { wordsOf } from './parts.tsx';
import { useTexts } from './preferences.ts';
import { useSession } from './session.tsx';

/** Makes a change and says how it went: `done` when it went well, the server's words when not. Answers undefined when it failed. */
export function useChange() {
  const { ask } = useSession();
  const { message } = App.useApp();
  const t = useTexts();
  return async <T>(method: string, path: string, body: object, done?: string): Promise<T | undefined> => {
    try {
      const answer = await ask<T>(method, path, body);
      if (done) message.success(done);
      return answer;
    } catch (error) {
      message.error(wordsOf(error as Error, t));
      return undefined;
    }
  };
}
