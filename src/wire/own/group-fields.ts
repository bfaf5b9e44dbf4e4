/** Fields of groups that the configuration file, the console and the emulator share. */
import { z } from 'zod';

/** A title: no control or format characters, except the two joiners, which emoji sequences such as families need. */
export const groupTitle = () =>
  z
    .string()
    .regex(/^(?=.*[^\s\p{C}])[\P{C}\u200c\u200d]{1,200}$/u, 'must be 1 to 200 characters on one line and not blank');

/** An openConversationId of a group. */
export const groupOpenConversationId = () =>
  z.string().regex(/^cid[A-Za-z0-9+/]{22}==$/, 'must be cid and the standard base64 of 16 bytes');

/** A chatId. */
export const groupChatId = () => z.string().regex(/^chat[\da-f]{32}$/, 'must be chat and 32 hexadecimal digits');
