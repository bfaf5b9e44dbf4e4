import type { Clock } from '../clock.ts';
import type { Push } from './frames.ts';
import type { Sent } from './sender.ts';

/** Milliseconds of the context's clock after which a robot message without an answer is sent once more. */
export const repeatAfter = 60_000;

/** The topics of messages to robots, which alone are repeated. */
const repeatedTopics = ['/v1.0/im/bot/messages/get', '/v1.0/im/bot/messages/delegate'];

export function isRepeated({ type, topic }: Push): boolean {
  return type === 'CALLBACK' && repeatedTopics.includes(topic);
}

/** Pushes that wait for an answer, and are sent once more if there is none. */
export type Repeats = {
  /** @param size characters of the push, which stays in memory until then */
  add(sent: Sent, size: number, again: () => unknown): void;
  /** Forgets all pushes. */
  clear(): void;
};

/** Characters of all waiting pushes. When there are more, the oldest are not repeated. */
const mostCharacters = 8 * 1024 * 1024;

/** Creates the list of pushes that may be repeated. */
export function createRepeats(clock: Clock): Repeats {
  const waiting = new Map<Sent, { readonly size: number; readonly cancel: () => void }>();
  let total = 0;
  const remove = (sent: Sent) => {
    const one = waiting.get(sent);
    if (!one) return;
    waiting.delete(sent);
    total -= one.size;
    one.cancel();
    sent.giveUp();
  };
  return {
    add(sent, size, again) {
      const cancel = clock.at(clock.now() + repeatAfter, async () => {
        remove(sent);
        await again();
      });
      waiting.set(sent, { size, cancel });
      total += size;
      for (const oldest of waiting.keys()) if (total > mostCharacters) remove(oldest);
      sent.answer.then(
        (answer) => answer && remove(sent),
        () => {},
      );
    },
    clear() {
      for (const sent of [...waiting.keys()]) remove(sent);
    },
  };
}
