/** Schemas of the console API under `/console/v1`: sessions, status, and sign-in codes for recipients. */
import { z } from 'zod';
import { defaultPage, maxPage, maxSignInCodeWindow } from '../limits.ts';
import { cleanText, code, epochMs, queryInteger, strictObject } from '../schema.ts';
import { consoleRoles } from './console-roles.ts';

/** Request body of `POST /console/v1/signInCodes`. */
export const signInCodeBody = strictObject({
  corpId: code(),
  userId: code(),
  validFor: z
    .int()
    .min(1000)
    .max(maxSignInCodeWindow)
    .optional()
    .describe('How long the code can be used, in milliseconds. Default: 10 minutes; at most 7 days.'),
});

/** Response of `POST /console/v1/signInCodes`. */
export const signInCodeAnswer = z.object({
  name: z.string().describe('Name of the user.'),
  code: z.string().describe('Can be used once.'),
  url: z.string().describe('URL of a page that signs in with the code.'),
  expiresAt: epochMs(),
});
export type SignInCodeAnswer = z.infer<typeof signInCodeAnswer>;

/** Request body of `POST /console/v1/sessions`. */
export const consoleSessionBody = strictObject({
  adminToken: cleanText(1024).min(1).optional(),
  link: cleanText(1024)
    .min(1)
    .optional()
    .describe('The secret of a one-time link of an operator, instead of the admin token.'),
}).refine(({ adminToken, link }) => (adminToken === undefined) !== (link === undefined), {
  message: 'either adminToken or link is needed',
});

/** Response of `GET /console/v1/signIn`. */
export const consoleSignInAnswer = z.object({
  signIn: z
    .array(z.enum(['oidc', 'link', 'adminToken']))
    .describe(
      'Ways to sign in: oidc through /console/v1/oidc/start, link and adminToken with `POST /console/v1/sessions`.',
    ),
});
export type ConsoleSignInAnswer = z.infer<typeof consoleSignInAnswer>;

/** Response of `POST /console/v1/sessions`, which also sets the cookie, and of `GET /console/v1/sessions/current`. */
export const consoleSessionAnswer = z.object({
  csrfToken: z
    .string()
    .describe('Send it in the header x-csrf-token with every call that uses the cookie and is not a GET.'),
  expiresAt: epochMs(),
  emulator: z.boolean().describe('Whether this server is an emulator, whose controls are under `/emulator/v1`.'),
  operator: z
    .object({ operatorId: z.string(), name: z.string(), email: z.string().nullable() })
    .describe('Who has signed in. With the admin token, the operatorId is `adminToken`.'),
  roles: z
    .array(
      z.object({
        role: z.enum(consoleRoles),
        corpId: z.string().nullable().describe('The organization; null for all organizations.'),
        userId: z.string().nullable().describe('The operator’s own user in the organization.'),
        rights: z
          .array(z.string())
          .describe('The rights of the role, which the document has for each call as `x-huizhi-right`.'),
      }),
    )
    .describe('What they may do, and where.'),
  rights: z.array(z.string()).describe('The rights that they have in at least one organization.'),
});
export type ConsoleSessionAnswer = z.infer<typeof consoleSessionAnswer>;

/** Response of `GET /console/v1/status` and `POST /console/v1/retention/confirm`. */
export const consoleStatusAnswer = z.object({
  heldRetention: z
    .object({
      now: epochMs().describe('The time of the server’s clock when the sweep was held.'),
      knownTime: epochMs().describe('The newest time in the database at that moment.'),
      messages: z.int().min(0).describe('Approximate number of messages that the sweep would delete.'),
      total: z.int().min(0).describe('Approximate number of all messages.'),
    })
    .nullable()
    .describe('A retention sweep that waits for confirmation because the clock may be wrong; null if there is none.'),
});
export type ConsoleStatusAnswer = z.infer<typeof consoleStatusAnswer>;

/** The empty response of calls without a result. */
export const consoleDoneAnswer = z.object({});

/** The paging parameters of every list. */
export const pageParameters = {
  limit: queryInteger(1, maxPage).optional().describe(`Maximum number of items in the page. Default: ${defaultPage}.`),
  cursor: cleanText(256).min(1).optional().describe('The cursor of the previous page.'),
};

/** The number of items in a list, which its first page contains. */
export const pageTotal = z
  .object({ count: z.int().min(0), isExact: z.boolean() })
  .optional()
  .describe(
    'The number of items in the list; only in the first page. Exact up to 10,000; with `isExact: false` there are more than `count`. A search that scans a limited number of items counts the matches of its first page.',
  );
export type PageTotal = NonNullable<z.infer<typeof pageTotal>>;

/** The cursor in the response of every list. */
export const pageCursor = z.string().nullable().describe('The cursor of the next page; null on the last page.');
