import { useRef } from 'react';
import type { ComposeAnswer } from '../../../../src/client/answers.ts';
import { createRandomId } from '../../../shared/random-id.ts';
import { useFormChange } from '../../parts/refusal.tsx';

/** The recipients of a message. */
export type Recipients =
  | { readonly userIds: readonly string[]; readonly deptIds?: readonly number[] }
  | { readonly openConversationId: string };

/** A message, as the server checks and sends it. */
export type Composed = Recipients & {
  readonly corpId: string;
  readonly robotCode: string;
  readonly msgKey: string;
  readonly msgParam: string;
};

/**
 * Returns a function that sends a message. After a failure, the same message is sent again with the same id, so that it
 * arrives once even if only the response was lost.
 */
export function useSend() {
  const { change, refusal } = useFormChange();
  const last = useRef<{ readonly text: string; readonly sendId: string }>(undefined);
  const send = async (message: Composed, done: string): Promise<ComposeAnswer | undefined> => {
    const text = JSON.stringify(message);
    if (last.current?.text !== text) last.current = { text, sendId: createRandomId() };
    const { sendId } = last.current;
    const answer = await change<ComposeAnswer>('POST', '/console/v1/messages', { ...message, sendId }, done);
    if (answer) last.current = undefined;
    return answer;
  };
  return { send, change, refusal };
}
