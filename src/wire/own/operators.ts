/** Schemas of the console API for operators: who they are, what they may do, and how they sign in. */
import { z } from 'zod';
import { didYouMean } from '../did-you-mean.ts';
import { maxOperatorGrants, maxOperatorLinkWindow } from '../limits.ts';
import { cleanText, code, epochMs, strictObject } from '../schema.ts';
import { pageCursor, pageTotal } from './console.ts';
import { name } from './console-directory.ts';
import { consoleRoles } from './console-roles.ts';

const role = () =>
  z
    .enum(consoleRoles, {
      error: ({ input }) =>
        `is not a role: ${consoleRoles.join(', ')}.${typeof input === 'string' ? didYouMean(input.slice(0, 60), consoleRoles) : ''}`,
    })
    .describe(
      'owner: everything, in all organizations. operator: everything in an organization. sender: sends messages, and sees and recalls those that they have sent. auditor: reads, and sees no secrets.',
    );

const email = () =>
  cleanText(254)
    .regex(/^[^\s@]+@[^\s@]+$/, 'is not an email address')
    .describe('By which the operator signs in at the OpenID provider. Upper and lower case are the same.');

const grantBody = strictObject({
  role: role(),
  corpId: code().optional().describe('The organization; all organizations if absent. An owner has no organization.'),
  userId: code().optional().describe('The operator’s own user in this organization.'),
});

const grantsBody = () =>
  z.array(grantBody).max(maxOperatorGrants).describe('One role in each organization, and one in all of them.');

/** Request body of `POST /console/v1/operators`. */
export const operatorBody = strictObject({
  name: name(),
  email: email().nullable().optional(),
  grants: grantsBody().optional().describe('Without a role, an operator cannot do anything.'),
});

/** Request body of `PUT /console/v1/operators/{operatorId}`. Absent members stay as they are. */
export const operatorChangeBody = strictObject({
  name: name().optional(),
  email: email().nullable().optional(),
  disabled: z.boolean().optional().describe('A disabled operator cannot sign in.'),
  grants: grantsBody().optional().describe('Replaces all roles.'),
});

/** A role of an operator. */
const consoleGrant = z.object({
  role: role(),
  corpId: z.string().nullable().describe('The organization; null for all organizations.'),
  userId: z.string().nullable().describe('The operator’s own user in the organization.'),
});

/** An operator of the console. */
export const consoleOperator = z.object({
  operatorId: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  disabled: z.boolean(),
  createdAt: epochMs(),
  grants: z.array(consoleGrant),
});
export type ConsoleOperator = z.infer<typeof consoleOperator>;

/** Response of `GET /console/v1/operators`, sorted by name. */
export const operatorsAnswer = z.object({
  operators: z.array(consoleOperator),
  cursor: pageCursor,
  total: pageTotal,
});
export type OperatorsAnswer = z.infer<typeof operatorsAnswer>;

/** Request body of `POST /console/v1/operators/{operatorId}/link`. */
export const operatorLinkBody = strictObject({
  validFor: z
    .int()
    .min(1000)
    .max(maxOperatorLinkWindow)
    .optional()
    .describe('How long the link can be used, in milliseconds. Default: 1 day; at most 7 days.'),
});

/** Response of `POST /console/v1/operators/{operatorId}/link`. */
export const operatorLinkAnswer = z.object({
  url: z.string().describe('Opens a page of the console that signs in once. Earlier links of the operator end.'),
  link: z.string().describe('The secret in the URL, for `POST /console/v1/sessions`.'),
  expiresAt: epochMs(),
});
export type OperatorLinkAnswer = z.infer<typeof operatorLinkAnswer>;
