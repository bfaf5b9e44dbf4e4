import { z } from 'zod';
import { maxAddressRanges, maxGroupMembers, maxKeywords } from '../wire/limits.ts';
import * as contact from '../wire/own/contact-fields.ts';
import { addressRange, keyword, signSecret, webhookToken } from '../wire/own/custom-robot-fields.ts';
import { endpointSecret, endpointUrl, eventTypes } from '../wire/own/endpoints.ts';
import { groupChatId, groupOpenConversationId, groupTitle } from '../wire/own/group-fields.ts';
import { pushAesKey, pushToken } from '../wire/own/push.ts';
import { sampleKinds } from '../wire/vendor/messages.ts';
import { streamEventTypes } from '../wire/vendor/values.ts';
import { type Option, options } from './options.ts';

/**
 * Not `.` or `..`: browsers resolve these in a URL path as relative segments, so a URL with such a code cannot be
 * requested.
 */
const code = z
  .string()
  .regex(/^(?!\.{1,2}$)[^\s\p{C}]{1,128}$/u, 'must be 1 to 128 characters without spaces, and not . or .. alone');
/** No control or format characters, except the two joiners, which emoji sequences such as families need. */
const name = z
  .string()
  .regex(/^(?=.*[^\s\p{C}])[\P{C}\u200c\u200d]{1,200}$/u, 'must be 1 to 200 characters on one line and not blank');
/** Clients keep it in a signed number of 64 bits, and JavaScript in one of 53. */
const largestAgentId = Number.MAX_SAFE_INTEGER;
const count = z.int('must be a whole number').min(0, 'must not be negative').max(1_000_000_000, 'is too large');
const template = z.exactOptional(z.enum(['active', 'stopped', 'removed']));
const templates = z.strictObject(Object.fromEntries(sampleKinds.map(({ msgKey }) => [msgKey, template])));

const user = z.strictObject({
  userId: code,
  name,
  mobile: z.exactOptional(contact.mobile()),
  email: z.exactOptional(contact.email()),
  jobNumber: z.exactOptional(contact.jobNumber()),
  title: z.exactOptional(contact.title()),
  departments: z.exactOptional(z.array(contact.anyDepartmentId()).max(contact.maxMemberships)),
  manages: z.exactOptional(z.array(contact.anyDepartmentId())),
});

const department = z.strictObject({
  deptId: contact.departmentId(),
  name: contact.departmentName(),
  parentId: z.exactOptional(contact.anyDepartmentId()),
  order: z.exactOptional(contact.order()),
});
const dingQuota = z.strictObject({ sms: z.exactOptional(count), phone: z.exactOptional(count) });
const customRobot = z.strictObject({
  robotCode: code,
  name,
  token: webhookToken(),
  secret: z.exactOptional(signSecret()),
  keywords: z.exactOptional(z.array(keyword()).max(maxKeywords)),
  addresses: z.exactOptional(z.array(addressRange()).max(maxAddressRanges)),
  disabled: z.exactOptional(z.boolean()),
});
const group = z.strictObject({
  name: code,
  title: groupTitle(),
  owner: code,
  members: z.exactOptional(z.union([z.literal('all'), z.array(code).max(maxGroupMembers)])),
  robots: z.exactOptional(z.array(code)),
  openConversationId: z.exactOptional(groupOpenConversationId()),
  chatId: z.exactOptional(groupChatId()),
  customRobots: z.exactOptional(z.array(customRobot)),
});

const endpoint = z.strictObject({
  endpointId: code,
  url: endpointUrl(),
  secret: endpointSecret(),
  types: z.exactOptional(z.array(z.enum(eventTypes)).min(1, 'must not be empty')),
  description: z.exactOptional(name),
  disabled: z.exactOptional(z.boolean()),
});

const organization = z.strictObject({
  corpId: code,
  name,
  departments: z.exactOptional(z.array(department)),
  users: z.array(user).default([]),
  dingQuota: z.exactOptional(dingQuota),
  groups: z.exactOptional(z.array(group)),
  endpoints: z.exactOptional(z.array(endpoint)),
});

const noticeTemplate = z.strictObject({
  templateId: code,
  message: z.record(z.string(), z.unknown()),
  stopped: z.exactOptional(z.boolean()),
});

const cardTemplate = z.strictObject({
  templateId: code,
  state: z.enum(['active', 'unpublished', 'removed']),
});

const push = z.strictObject({
  url: endpointUrl(),
  token: pushToken(),
  aesKey: pushAesKey(),
  types: z.array(z.enum(streamEventTypes)).min(1),
});

const app = z.strictObject({
  appKey: code,
  appSecret: code,
  kind: z.enum(['internal', 'thirdParty']),
  corpId: z.exactOptional(code),
  authorizedBy: z.exactOptional(z.array(code)),
  permissions: z.array(code).default([]),
  contactScope: z.exactOptional(z.array(contact.anyDepartmentId())),
  agentId: z.exactOptional(
    z.int('must be a whole number').min(1, 'must be positive').max(largestAgentId, 'is too large'),
  ),
  messageUrl: z.exactOptional(
    z
      .string()
      .max(2000)
      .regex(/^https?:\/\/[^/\s]/i, 'must begin with http:// or https://'),
  ),
  events: z.exactOptional(z.array(z.enum(streamEventTypes))),
  push: z.exactOptional(push),
  noticeTemplates: z.exactOptional(z.array(noticeTemplate)),
  cardTemplates: z.exactOptional(z.array(cardTemplate)),
});

const robot = z.strictObject({
  robotCode: code,
  name,
  appKey: code,
  installedIn: z.array(code).default([]),
  disabled: z.exactOptional(z.boolean()),
  perUserPerMinute: z.exactOptional(count),
  perUserPerDay: z.exactOptional(count),
  coolAppCode: z.exactOptional(code),
  templates: z.exactOptional(templates),
});

/** The types of values that are not text only. */
const optionTypes: { readonly [kind in Option['kind']]?: z.ZodType<number | string | boolean> } = {
  integer: z.union([z.int(), z.string()]),
  boolean: z.boolean(),
};

/**
 * Options may be set in the file under their names. Their values are checked later, together with flags and environment
 * variables.
 */
const optionShape = Object.fromEntries(
  options
    .filter((option) => option.inFile)
    .map(({ name, kind }) => [name, z.exactOptional(optionTypes[kind] ?? z.string())]),
);

const shape = {
  organizations: z.exactOptional(z.array(organization)),
  apps: z.exactOptional(z.array(app)),
  robots: z.exactOptional(z.array(robot)),
};

/** A setup passed by a program; unlike in a file, all three lists are required. */
export const setupShape = z.strictObject({
  organizations: z.array(organization),
  apps: z.array(app),
  robots: z.array(robot),
});

/** The whole file. */
export const fileShape = z.strictObject({ ...optionShape, ...shape });

/** Returns the keys that the object at a path of the file may have. */
export function listKnownKeys(path: readonly (string | number)[]): readonly string[] {
  const kind = path.filter((step) => typeof step === 'string').join('.');
  return Object.keys(shapes[kind]?.shape ?? {});
}

const shapes: Readonly<Record<string, { readonly shape: object }>> = {
  '': fileShape,
  organizations: organization,
  'organizations.users': user,
  'organizations.departments': department,
  'organizations.dingQuota': dingQuota,
  'organizations.endpoints': endpoint,
  'organizations.groups': group,
  'organizations.groups.customRobots': customRobot,
  apps: app,
  'apps.noticeTemplates': noticeTemplate,
  'apps.cardTemplates': cardTemplate,
  'apps.push': push,
  robots: robot,
  'robots.templates': templates,
};
