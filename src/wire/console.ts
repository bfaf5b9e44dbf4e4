/** The part of the console's surface under `/console/v1` that signs recipients in. */
import { z } from 'zod';
import { code, epochMs } from './schema.ts';

/** Body of `POST /console/v1/signInCodes`. */
export const signInCodeBody = z.object({ corpId: code(), userId: code() });
export type SignInCodeBody = z.infer<typeof signInCodeBody>;

/** Answer of `POST /console/v1/signInCodes`. */
export const signInCodeAnswer = z.object({
  code: z.string().describe('Can be used once.'),
  url: z.string().describe('A page that signs in with the code.'),
  expiresAt: epochMs(),
});
export type SignInCodeAnswer = z.infer<typeof signInCodeAnswer>;
