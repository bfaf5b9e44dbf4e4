import { createContext } from 'react';
import type { InboxMessage } from '../../../src/client/answers.ts';

/** What the reader of a message can do with it. The console shows messages without these. */
export type Actions = {
  /** The userId of the reader, whose own messages are on the other side. */
  readonly userId: string;
  /** Quotes a message in the next one; undefined where the reader cannot write. */
  readonly quote: ((message: InboxMessage) => void) | undefined;
  /** Sends a text to the robot of a message, as the reader; undefined where the reader cannot write. */
  readonly say: ((text: string, robot: Pick<InboxMessage, 'robotCode'>) => void) | undefined;
};

export const ActionsContext = createContext<Actions | undefined>(undefined);

/** Sends the text of a link in the message that is shown; undefined if the message is not one of a robot. */
export const SayContext = createContext<((text: string) => void) | undefined>(undefined);
