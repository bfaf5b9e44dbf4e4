/** Schemas of `/robot/sendBySession`; its body and answer are those of `/robot/send`. */
import { z } from 'zod';

export const sessionQuery = z.object({
  session: z.string().describe('The session of the sessionWebhook in a message: 32 hexadecimal digits.'),
});
