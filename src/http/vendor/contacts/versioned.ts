/** The calls under `/v1.0/contact/`. */
import { requireCaller } from '../../../core/access/caller.ts';
import { deriveOpenId } from '../../../core/contacts/ids.ts';
import { findProfile, type Profile } from '../../../core/contacts/lookups.ts';
import {
  type NamePage,
  type NameQuery,
  searchDepartmentsByName,
  searchUsersByName,
} from '../../../core/contacts/search.ts';
import type { Caller } from '../../../core/context.ts';
import { wireError } from '../../../wire/errors.ts';
import type { JsonObject } from '../../../wire/json.ts';
import { splitMobile } from '../../../wire/mobile.ts';
import { contactPermissions as permissions } from '../../../wire/permissions.ts';
import { isCleanText } from '../../../wire/text.ts';
import type { PersonAnswer, SearchAnswer } from '../../../wire/vendor/contacts.ts';
import type { Route, RouteRequest } from '../../server/route.ts';

/** The largest page and offset of a search, and the longest text. */
const maxSize = 100;
const maxOffset = 100_000;
const maxText = 128;

/** `GET /v1.0/contact/users/{unionId}` */
async function getPerson({ context, caller, segment }: RouteRequest): Promise<string> {
  const app = requireCaller(caller);
  const unionId = decodeSegment(segment);
  const found = isCleanText(unionId) ? await findProfile(context, app, 'unionId', unionId) : undefined;
  if (found !== undefined && found !== 'outside') return JSON.stringify(renderPerson(found, app));
  const why = segment === 'me' ? 'me is the owner of a user token, and this is the token of an app' : describe(found);
  throw wireError('invalidParameter.user.notFound', { why });
}

function describe(found: 'outside' | undefined): string {
  return found
    ? 'the user is outside of the contact scope of the app'
    : 'the organization has no user with this unionId';
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw wireError('invalidParameter.user.notFound', { why: 'a percent escape in the path is broken', cause });
  }
}

function renderPerson({ name, unionId, mobile, email }: Profile, { app }: Caller): PersonAnswer {
  const hasMobile = mobile !== null && app.permissions.includes(permissions.personMobile);
  const { stateCode, number } = splitMobile(mobile ?? '');
  return {
    nick: name,
    ...(hasMobile && { mobile: number }),
    openId: deriveOpenId(app, unionId),
    unionId,
    ...(email !== null && app.permissions.includes(permissions.email) && { email }),
    ...(hasMobile && { stateCode }),
  };
}

/** `POST /v1.0/contact/users/search` */
async function searchUsers({ context, caller, body }: RouteRequest): Promise<string> {
  const query = parseNameQuery(body);
  return renderSearch(query, await searchUsersByName(context, requireCaller(caller), query));
}

/** `POST /v1.0/contact/departments/search` */
async function searchDepartments({ context, caller, body }: RouteRequest): Promise<string> {
  const query = parseNameQuery({ ...body, fullMatchField: undefined });
  return renderSearch(query, await searchDepartmentsByName(context, requireCaller(caller), query));
}

/** Throws `invalidParameter.param.invalid`. */
function parseNameQuery({ queryWord, offset, size, fullMatchField }: JsonObject): NameQuery {
  if (typeof queryWord !== 'string' || queryWord === '' || queryWord.length > maxText || !isCleanText(queryWord))
    throw invalid(`queryWord is not a text of 1 to ${maxText} characters`);
  if (!isWithin(offset, 0, maxOffset)) throw invalid(`offset is not a number from 0 to ${maxOffset}`);
  if (!isWithin(size, 1, maxSize)) throw invalid(`size is not a number from 1 to ${maxSize}`);
  if (fullMatchField !== undefined && fullMatchField !== null && fullMatchField !== 1)
    throw invalid('fullMatchField is not 1');
  return { text: queryWord, isWhole: fullMatchField === 1, offset, size };
}

function isWithin(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
}

function invalid(why: string) {
  return wireError('invalidParameter.param.invalid', { why });
}

function renderSearch({ offset }: NameQuery, { list, total }: NamePage<string | number>): string {
  const answer: SearchAnswer = { hasMore: offset + list.length < total && list.length > 0, list, totalCount: total };
  return JSON.stringify(answer);
}

const required = ['queryWord', 'offset', 'size'] as const;

export const versionedRoutes: readonly Route[] = [
  { method: 'GET', path: '/v1.0/contact/users/{unionId}', permission: permissions.person, handler: getPerson },
  {
    method: 'POST',
    path: '/v1.0/contact/users/search',
    permission: permissions.search,
    required,
    handler: searchUsers,
  },
  {
    method: 'POST',
    path: '/v1.0/contact/departments/search',
    permission: permissions.search,
    required,
    handler: searchDepartments,
  },
];
