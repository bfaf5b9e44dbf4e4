/** Schemas of the console API and of the emulator for custom robots. */
import { z } from 'zod';
import { maxAddressRanges, maxKeywords } from '../limits.ts';
import { code, epochMs, strictObject } from '../schema.ts';
import { pageCursor, pageParameters } from './console.ts';
import { addressRange, keyword, robotTitle } from './custom-robot-fields.ts';
import { addressText } from './endpoints.ts';

export const customRobotsQuery = strictObject({
  corpId: code(),
  openConversationId: code().optional().describe('Only custom robots of this group.'),
  ...pageParameters,
});

const security = {
  keywords: z
    .array(keyword())
    .max(maxKeywords)
    .optional()
    .describe('One of them must occur in a message; any message is accepted if the list is empty.'),
  addresses: z
    .array(addressRange())
    .max(maxAddressRanges)
    .optional()
    .describe('IP addresses and ranges such as 10.0.0.0/8; all addresses if the list is empty.'),
};

export const customRobot = z.object({
  robotCode: z.string(),
  name: z.string(),
  openConversationId: z.string().describe('The group into which it sends.'),
  groupTitle: z.string(),
  keywords: z.array(z.string()),
  addresses: z.array(z.string()),
  sign: z.boolean().describe('Whether messages need a signature.'),
  disabled: z.boolean(),
  outgoingUrl: z.string().nullable().describe(`Stored only: nothing is sent to it. ${addressText}`),
  createdAt: epochMs(),
});
export type ConsoleCustomRobot = z.infer<typeof customRobot>;

export const customRobotsAnswer = z.object({
  customRobots: z.array(customRobot).describe('Oldest first.'),
  cursor: pageCursor,
});
export type CustomRobotsAnswer = z.infer<typeof customRobotsAnswer>;

const token = z.string().describe('64 hexadecimal digits. It is shown only here.');
const secret = z.string().describe('SEC and 64 hexadecimal digits. It is shown only here.');

export const customRobotBody = strictObject({
  corpId: code(),
  openConversationId: code(),
  name: robotTitle(),
  ...security,
  sign: z.boolean().optional().describe('Whether messages need a signature; then a secret is created.'),
});
export const newCustomRobot = customRobot.extend({ token, secret: secret.nullable() });
export type NewCustomRobot = z.infer<typeof newCustomRobot>;

export const customRobotChangeBody = strictObject({
  name: robotTitle().optional(),
  ...security,
  disabled: z.boolean().optional(),
  sign: z.literal(false).optional().describe('false removes the secret, so that messages need no signature.'),
});
export const tokenAnswer = z.object({ token });
export type TokenAnswer = z.infer<typeof tokenAnswer>;
export const secretAnswer = z.object({ secret });
export type SecretAnswer = z.infer<typeof secretAnswer>;

/** Request body of `POST /emulator/v1/customRobots`. */
export const emulatorCustomRobotBody = strictObject({
  corpId: code().optional().describe('Default: the first organization.'),
  openConversationId: code().optional().describe('Default: a new group of all users.'),
  name: robotTitle().default('Custom robot'),
  ...security,
  sign: z.boolean().optional(),
  disabled: z.boolean().optional(),
});
export const emulatorCustomRobot = z.object({
  robotCode: z.string(),
  openConversationId: z.string(),
  webhook: z.string().describe('The path and query of the webhook, without its host.'),
  token: z.string(),
  secret: z.string().nullable(),
});
export type EmulatorCustomRobot = z.infer<typeof emulatorCustomRobot>;
