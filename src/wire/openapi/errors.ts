/** Errors in the OpenAPI document: a shared schema, and for each call its error codes by status. */
import { type ErrorCode, errors, wireError } from '../errors.ts';
import { requestIdHeader } from '../headers.ts';

/** A JSON object of the document. */
export type Json = Readonly<Record<string, unknown>>;

/** Schemas that all error responses share. */
export const errorSchemas: { readonly [name: string]: Json } = {
  ErrorCode: { type: 'string', enum: Object.keys(errors), description: 'Explained in docs/reference/errors.md.' },
  Error: {
    type: 'object',
    required: ['code', 'requestid', 'message'],
    properties: {
      code: { $ref: '#/components/schemas/ErrorCode' },
      requestid: { type: 'string', format: 'uuid', description: 'Also in the header x-acs-request-id and in the log.' },
      message: { type: 'string' },
      accessdenieddetail: {
        type: 'object',
        description: 'With AccessTokenPermissionDenied only.',
        properties: { requiredScopes: { type: 'array', items: { type: 'string' } } },
      },
    },
  },
};

/** Headers of every JSON response. */
export const answerHeaders: Json = { [requestIdHeader]: { $ref: '#/components/headers/RequestId' } };

const throttledHeaders: Json = { 'retry-after': { $ref: '#/components/headers/RetryAfter' } };

/** An error response that several calls have, with its name in `components.responses`. */
type SharedError = { readonly name: string; readonly codes: readonly ErrorCode[] };

/** Shared error responses, by their codes. */
export type SharedErrors = ReadonlyMap<string, SharedError>;

/**
 * Finds the error responses that several calls have, which make up most of the document unless it has each of them once.
 * A response is named after its only code, or after the first call that has it.
 */
export function findSharedErrors(
  calls: readonly { readonly id: string; readonly codes: readonly ErrorCode[] }[],
): SharedErrors {
  const all = calls.flatMap(({ id, codes }) =>
    groupByStatus(codes).map(([status, those]): SharedError => {
      const [only = ''] = those;
      return { name: those.length === 1 ? only : `${id}.${status}`, codes: those };
    }),
  );
  const byCodes = [...Map.groupBy(all, ({ codes }) => codes.join())];
  return new Map(byCodes.flatMap(([key, [first, second]]) => (first && second ? [[key, first]] : [])));
}

/** Creates the `components.responses`. */
export function createSharedResponses(shared: SharedErrors): Json {
  return Object.fromEntries([...shared.values()].map(({ name, codes }) => [name, createErrorResponse(codes)]));
}

/** Creates the error responses of a call by HTTP status, from its error codes. */
export function createErrorResponses(codes: readonly ErrorCode[], shared: SharedErrors): Json {
  const createOne = (those: readonly ErrorCode[]) => {
    const name = shared.get(those.join())?.name;
    return name === undefined ? createErrorResponse(those) : { $ref: `#/components/responses/${name}` };
  };
  return Object.fromEntries(groupByStatus(codes).map(([status, those]) => [status, createOne(those)]));
}

const groupByStatus = (codes: readonly ErrorCode[]) => [...Map.groupBy(codes, (code) => errors[code].status)];

function createErrorResponse(codes: readonly ErrorCode[]): Json {
  const schema = {
    allOf: [{ $ref: '#/components/schemas/Error' }, { type: 'object', properties: { code: { enum: codes } } }],
  };
  const examples = Object.fromEntries(
    codes.map((code) => [code, { summary: errors[code].summary, value: createExample(code) }]),
  );
  return {
    description: codes.map((code) => `- \`${code}\`: ${errors[code].summary}`).join('\n'),
    headers: codes.some(isThrottled) ? { ...answerHeaders, ...throttledHeaders } : answerHeaders,
    content: { 'application/json': { schema, examples } },
  };
}

function isThrottled(code: ErrorCode): boolean {
  return code.includes('Limit') || code === 'huizhi.busy';
}

function createExample(code: ErrorCode): Json {
  const fill = { msgKey: 'sampleUnknown', hint: '', reason: 'limit: is not a whole number' };
  const message = wireError(code, { why: 'example', fill }).text;
  const requestid = '01A08FE7-68C3-7BBD-B223-447768EA4B29';
  if (errors[code].layer === 'business') return { requestid, code, message };
  if (!code.endsWith('PermissionDenied')) return { code, requestid, message };
  return { code, requestid, message, accessdenieddetail: { requiredScopes: ['qyapi_robot_sendmsg'] } };
}
