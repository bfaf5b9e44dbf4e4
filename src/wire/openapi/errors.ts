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

/** Creates the error responses of a call by HTTP status, from its error codes. */
export function createErrorResponses(codes: readonly ErrorCode[]): Json {
  const byStatus = Map.groupBy(codes, (code) => errors[code].status);
  return Object.fromEntries([...byStatus].map(([status, those]) => [status, createErrorResponse(those)]));
}

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
