import { expect, test } from 'vitest';
import { errors, unencodedKeyHint, WireError, wireError } from './errors.ts';

test('every error has an error status, a message, an anchor and a summary of one line', () => {
  for (const [code, row] of Object.entries(errors)) {
    expect(row.status, code).toBeGreaterThanOrEqual(400);
    expect(row.status, code).toBeLessThan(600);
    expect(row.message, code).not.toBe('');
    expect(row.doc, code).toBe(code);
    expect(row.summary, code).toMatch(/^\S.*\.$/);
  }
});

test.each([
  ['AuthenticationFailed.MissingParameter', 400, '缺少参数：x-acs-dingtalk-access-token'],
  ['InvalidAuthentication', 400, '不合法的access_token'],
  ['InvalidAction.NotFound', 404, 'Specified api is not found, please check your url and method.'],
  ['Invalidbody', 400, 'Specified parameter body is not valid. JSON parsing error'],
  ['MissinguserIds', 400, 'userIds is mandatory for this action.'],
  ['Missingbody', 400, 'body is mandatory for this action.'],
  ['invalidClientIdOrSecret', 400, '无效的clientId或者clientSecret'],
  ['invalidSuiteKey', 400, 'suitekey不合法'],
  ['unauthorized.client', 401, 'unauthorized.client'],
  ['unknownError', 500, '未知错误'],
  ['staffId.notExisted', 400, 'staff 不存在'],
  ['processQueryKey.expireTime', 400, 'processQueryKey还未生成消息查询数据或已过期'],
  ['system.error', 500, '未知的系统错误'],
] as const)('%s answers the status and text of the real service', (code, status, text) => {
  const error = wireError(code, { why: 'test' });
  expect([error.status, error.text]).toEqual([status, text]);
});

test('a missing title of a Markdown message has the text of the real service, double space included', () => {
  expect(wireError('miss.param.markdownTotitle', { why: 'test' }).text).toBe(
    '错误描述:参数 markdown --》 title 缺失，或者参数格式不正确; 解决方案:请填充上对应参数;参考链接:请参考本接口对应文档查看参数获取方式，或者在https://open.dingtalk.com/document/  搜索对应文档;',
  );
});

test('fills the placeholders of a message', () => {
  const error = wireError('invalidParameter.msgKey.invalid', { why: 'test', fill: { msgKey: 'sampleCard' } });
  expect(error.text).toContain('错误描述: 不支持类型 sampleCard ;');
});

test('replaces a placeholder without a value by an empty text', () => {
  const text = (hint?: string) =>
    wireError('invalid.processQueryKey', { why: 'test', fill: hint ? { hint } : {} }).text;
  expect(text()).toBe('无效的processQueryKey');
  expect(text(unencodedKeyHint)).toBe('无效的processQueryKey，疑似未做URL编码（加号变成了空格）');
});

test('cuts a long value, so that a response stays short, and leaves no lone surrogate', () => {
  const { text } = wireError('huizhi.badRequest', { why: 'test', fill: { reason: `x${'😀'.repeat(5000)}` } });
  expect(text.length).toBeLessThan(250);
  expect(text.isWellFormed()).toBe(true);
});

test('does not interpret a replacement pattern or a placeholder in a filled value', () => {
  const { text } = wireError('huizhi.badRequest', { why: 'test', fill: { reason: "$& $' {reason}" } });
  expect(text).toBe("Bad request: $& $' {reason}");
});

test('carries the cause, the scopes and the seconds to wait', () => {
  const cause = new Error('disk full');
  const error = wireError('system.error', { why: 'the store is full', requiredScopes: ['a'], retryAfter: 3, cause });
  expect(error).toBeInstanceOf(WireError);
  expect(error).toMatchObject({ code: 'system.error', why: 'the store is full', requiredScopes: ['a'], retryAfter: 3 });
  expect(error.cause).toBe(cause);
});

test('has no scopes, seconds or cause by default', () => {
  const error = wireError('system.error', { why: 'test' });
  expect([error.requiredScopes, error.retryAfter, error.cause]).toEqual([undefined, undefined, undefined]);
});
