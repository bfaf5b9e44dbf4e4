import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { redact, silentLog } from './log.ts';

/** Runs code in a separate process and returns its output, because the log writes to the real stderr. */
function written(level: string, format: string, body: string): { stdout: string; stderr: string } {
  const log = new URL('./log.ts', import.meta.url).href;
  const script = `const { createLog } = await import(${JSON.stringify(log)});
    const log = await createLog({ level: '${level}', format: '${format}' });
    ${body}`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
}

const line = (body: string) => JSON.parse(written('info', 'json', body).stderr);

test.each(['json', 'pretty'])('control characters in a line cannot steer a terminal (%s)', (format) => {
  const hostile = 'a\u001b[2J\u009b31m\u202e\r\u2028z';
  const body = `log.warn({ why: ${JSON.stringify(hostile)}, deep: { [${JSON.stringify(hostile)}]: [${JSON.stringify(hostile)}] },
    err: new Error(${JSON.stringify(hostile)}) }, 'refused');`;
  const { stderr } = written('info', format, body);
  expect(stderr).toMatch(/refused/);
  expect(stderr).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cf}\u2028\u2029]/u);
  if (format === 'json') expect(JSON.parse(stderr)).toMatchObject({ why: hostile, deep: { [hostile]: [hostile] } });
});

describe('secrets', () => {
  test('are redacted at any depth and in any spelling', () => {
    const fields = {
      body: { appKey: 'k', appSecret: 'x', nested: [{ client_secret: 'x', suiteSecret: 'x', 'suite-ticket': 'x' }] },
      headers: { 'X-Acs-Dingtalk-Access-Token': 'x', cookie: ['x'], authorization: 'x', accept: 'text/html' },
    };
    expect(redact(fields)).toEqual({
      body: {
        appKey: 'k',
        appSecret: '[redacted]',
        nested: [{ client_secret: '[redacted]', suiteSecret: '[redacted]', 'suite-ticket': '[redacted]' }],
      },
      headers: {
        'X-Acs-Dingtalk-Access-Token': '[redacted]',
        cookie: '[redacted]',
        authorization: '[redacted]',
        accept: 'text/html',
      },
    });
  });

  test('are redacted in URLs', () => {
    expect(redact({ url: '/gettoken?appkey=k&appsecret=x&n=1', to: '?x-acs-dingtalk-access-token=x' })).toEqual({
      url: '/gettoken?appkey=k&appsecret=[redacted]&n=1',
      to: '?x-acs-dingtalk-access-token=[redacted]',
    });
  });

  test('are redacted in errors, whose message, stack and cause are logged', () => {
    const cause = Object.assign(new Error('inner'), { appSecret: 'x' });
    const error = new Error('failed at /gettoken?appsecret=x', { cause });
    expect(redact({ error })).toMatchObject({
      error: {
        name: 'Error',
        message: 'failed at /gettoken?appsecret=[redacted]',
        stack: expect.stringContaining('log.test.ts'),
        cause: { message: 'inner', appSecret: '[redacted]' },
      },
    });
  });

  test('a circular object is cut off', () => {
    const loop: Record<string, unknown> = { name: 'loop' };
    loop.self = loop;
    expect(JSON.stringify(redact(loop))).toContain('[…]');
  });
});

describe('lines', () => {
  test('are JSON with level, time and message, on stderr only', () => {
    const { stdout, stderr } = written('info', 'json', `log.info({ requestid: 'R', appSecret: 'x' }, 'answered');`);
    expect(stdout).toBe('');
    expect(JSON.parse(stderr)).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      requestid: 'R',
      appSecret: '[redacted]',
      message: 'answered',
    });
  });

  test('contain message, stack and cause of an error', () => {
    expect(line(`log.error({ error: new TypeError('no') }, 'failed');`)).toMatchObject({
      level: 'error',
      error: { name: 'TypeError', message: 'no' },
    });
  });

  test('are readable in the pretty format', () => {
    const { stdout, stderr } = written('info', 'pretty', `log.warn({ port: 1 }, 'slow'); log.debug({}, 'hidden');`);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/WARN.*: slow\n\s+port: 1\n$/);
  });

  test('below the level, or at silent, are not written', () => {
    expect(written('warn', 'json', `log.info({}, 'no');`).stderr).toBe('');
    expect(written('silent', 'json', `log.error({}, 'no');`).stderr).toBe('');
    expect(silentLog.error({}, 'no')).toBeUndefined();
  });

  test('the pretty printer is loaded only when it is used', () => {
    const body = `log.info({}, 'x'); console.log(JSON.stringify(Object.keys(createRequire(import.meta.url).cache)))`;
    const { stdout } = written('info', 'json', `const { createRequire } = await import('node:module'); ${body}`);
    expect(stdout).toContain('/pino/');
    expect(stdout).not.toContain('pino-pretty');
  });
});
