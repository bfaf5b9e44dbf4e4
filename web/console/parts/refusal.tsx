import { Alert } from 'antd';
import { type ReactNode, useState } from 'react';
import { useChange } from '../data/changes.ts';
import { useTexts } from '../texts/use-texts.ts';
import { wordsOf } from './error-words.ts';

/**
 * Like `useChange`, for a form or a dialog: the error of a failed change is shown in the form until the next attempt.
 */
export function useFormChange() {
  const t = useTexts();
  const [error, setError] = useState<Error>();
  const change = useChange(setError);
  const refusal: ReactNode = error && (
    <Alert className="spaced" type="error" showIcon title={wordsOf(error, t)} role="alert" />
  );
  return { change, refusal };
}
