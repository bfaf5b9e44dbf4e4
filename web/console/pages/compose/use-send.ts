import { useRef } from 'react';
import type { ComposeAnswer } from '../../../../src/client/answers.ts';
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
    if (last.current?.text !== text) last.current = { text, sendId: createId() };
    const { sendId } = last.current;
    const answer = await change<ComposeAnswer>('POST', '/console/v1/messages', { ...message, sendId }, done);
    if (answer) last.current = undefined;
    return answer;
  };
  return { send, change, refusal };
}

/** Creates a random id. `crypto.randomUUID` is missing on pages without TLS. */
function createId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
