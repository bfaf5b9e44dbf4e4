/** The operator's surface under `/console/v1`: sessions, and the codes that sign recipients in. */
import { z } from 'zod';
import { defaultPage, maxPage } from '../limits.ts';
import { cleanText, code, epochMs, queryInteger, strictObject } from '../schema.ts';

/** Body of `POST /console/v1/signInCodes`. */
export const signInCodeBody = strictObject({ corpId: code(), userId: code() });

/** Answer of `POST /console/v1/signInCodes`. */
export const signInCodeAnswer = z.object({
  code: z.string().describe('Can be used once.'),
  url: z.string().describe('A page that signs in with the code.'),
  expiresAt: epochMs(),
});
export type SignInCodeAnswer = z.infer<typeof signInCodeAnswer>;

/** Body of `POST /console/v1/sessions`. */
export const consoleSessionBody = strictObject({ adminToken: cleanText(1024).min(1) });

/** Answer of `POST /console/v1/sessions`, which also sets the cookie, and of `GET /console/v1/sessions/current`. */
export const consoleSessionAnswer = z.object({
  csrfToken: z.string().describe('Goes into the header x-csrf-token of every call with the cookie that is not a GET.'),
  expiresAt: epochMs(),
  emulator: z.boolean().describe('Whether this server is an emulator, whose controls are under `/emulator/v1`.'),
});
export type ConsoleSessionAnswer = z.infer<typeof consoleSessionAnswer>;

/** Answer of `GET /console/v1/status` and `POST /console/v1/retention/confirm`. */
export const consoleStatusAnswer = z.object({
  heldRetention: z
    .object({
      now: epochMs().describe('What the clock of the server said when the sweep was held.'),
      knownTime: epochMs().describe('The newest time that the database knew then.'),
      messages: z.int().min(0).describe('About how many messages the sweep would remove.'),
      total: z.int().min(0).describe('About how many messages there are.'),
    })
    .nullable()
    .describe('A sweep of retention that waits for a confirmation, since the clock may be wrong; null when none does.'),
});
export type ConsoleStatusAnswer = z.infer<typeof consoleStatusAnswer>;

/** Answer of calls that leave nothing to tell. */
export const consoleDoneAnswer = z.object({});

/** The two parameters of every list. */
export const pageParameters = {
  limit: queryInteger(1, maxPage).optional().describe(`Most items in the page; ${defaultPage} if absent.`),
  cursor: cleanText(256).min(1).optional().describe('The cursor of the page before.'),
};

/** How many items a list has, in its first page. */
export const pageTotal = z
  .object({ count: z.int().min(0), isExact: z.boolean() })
  .optional()
  .describe(
    'How many items the list has, in the page without a cursor. Exact up to 10,000; with `isExact: false` there are more than `count`. A search that looks at a bounded number of items counts what its first page has found.',
  );
export type PageTotal = NonNullable<z.infer<typeof pageTotal>>;

/** The cursor in the answer of every list. */
export const pageCursor = z.string().nullable().describe('Asks for the next page; null on the last.');
