/** What the schemas of the calls of the old host have in common. */
import { z } from 'zod';

/** Creates the answer of a call of the old host: HTTP 200 with an `errcode`, and the payload only for success. */
export function createOldAnswer<S extends z.ZodRawShape>(payload: S) {
  return z.object({
    errcode: z.int().describe('0 for success; others are explained in docs/reference/errors.md.'),
    sub_code: z.string().optional().describe('With errcode 88: what is wrong with token, permission or rate.'),
    sub_msg: z.string().optional(),
    errmsg: z.string(),
    ...z.object(payload).partial().shape,
    request_id: z.string().optional(),
  });
}
