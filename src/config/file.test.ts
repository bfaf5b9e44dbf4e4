import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sampleKinds } from '../wire/vendor/messages.ts';
import { demoSecrets, demoSetup, demoTokens } from './demo.ts';
import { parseSetupFile, readSetupFile } from './file.ts';
import { UsageError } from './options.ts';
import { parseCommandLine, readConfig } from './read.ts';

const head = `organizations:
  - corpId: dingcorp0001
    name: 示例公司
    users:
      - { userId: "201382020", name: 曲大岳 }
apps:
  - { appKey: dingappinternal, appSecret: s3cret-internal, kind: internal, corpId: dingcorp0001, permissions: [qyapi_robot_sendmsg] }
  - { appKey: suitethirdparty, appSecret: s3cret-suite, kind: thirdParty, authorizedBy: [dingcorp0001], permissions: [qyapi_robot_sendmsg] }
robots:
  - { robotCode: dingzxcifuvdfbvegdf, name: 通知助手, appKey: dingappinternal, installedIn: [dingcorp0001] }
`;

function readErrors(text: string): string[] {
  try {
    parseSetupFile(text, 'huizhi.yaml');
  } catch (error) {
    if (error instanceof UsageError) return error.message.split('\n');
    throw error;
  }
  return [];
}

function writeConfig(content: string | Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'huizhi.yaml'), content);
  return join(folder, 'huizhi.yaml');
}

const readArgs = (command: 'dev' | 'serve' | 'migrate', args: string[], environment = {}) =>
  readConfig(command, parseCommandLine(command, args).flags, { environment, terminal: false });

describe('what a file sets up', () => {
  test('organizations, apps and robots are read as written', () => {
    const { setup } = parseSetupFile(head, 'huizhi.yaml');
    const permissions = ['qyapi_robot_sendmsg'];
    expect(setup).toEqual({
      organizations: [{ corpId: 'dingcorp0001', name: '示例公司', users: [{ userId: '201382020', name: '曲大岳' }] }],
      apps: demoSetup.apps.slice(0, 2).map(({ agentId: _, noticeTemplates: __, ...app }) => ({ ...app, permissions })),
      robots: demoSetup.robots.slice(0, 1),
    });
  });

  test('a robot may be disabled, limited, and have templates stopped or removed', () => {
    const robot =
      '  - { robotCode: r2, name: 二, appKey: suitethirdparty, installedIn: [], disabled: true, perUserPerMinute: 3, perUserPerDay: 0, coolAppCode: COOLAPP-1, templates: { sampleText: stopped, sampleLink: removed } }';
    expect(parseSetupFile(head + robot, 'x').setup?.robots[1]).toEqual({
      robotCode: 'r2',
      name: '二',
      appKey: 'suitethirdparty',
      installedIn: [],
      disabled: true,
      perUserPerMinute: 3,
      coolAppCode: 'COOLAPP-1',
      perUserPerDay: 0,
      templates: { sampleText: 'stopped', sampleLink: 'removed' },
    });
  });

  test('an organization may have a quota of DINGs by SMS and phone, and a negative one is refused by its line', () => {
    const text = 'organizations:\n  - corpId: c\n    name: C\n    dingQuota: { sms: 5 }\n';
    expect(parseSetupFile(text, 'x').setup?.organizations[0]?.dingQuota).toEqual({ sms: 5 });
    expect(() => parseSetupFile(text.replace('5', '-1'), 'x')).toThrow('x:4: organizations[0].dingQuota.sms');
  });

  test('an app may have an agentId and templates of work notices, and repeated ones are refused', () => {
    const templates =
      'noticeTemplates: [{ templateId: t, message: { msgtype: text, text: { content: x } }, stopped: true }]';
    const text = `${head}`.replace(
      'appSecret: s3cret-internal,',
      `appSecret: s3cret-internal, agentId: 5000000000, ${templates},`,
    );
    expect(parseSetupFile(text, 'x').setup?.apps[0]).toMatchObject({
      agentId: 5_000_000_000,
      noticeTemplates: [{ templateId: 't', message: { msgtype: 'text', text: { content: 'x' } }, stopped: true }],
    });
    const twice = text.replace('kind: thirdParty,', 'kind: thirdParty, agentId: 5000000000,');
    expect(readErrors(twice)).toEqual([expect.stringContaining('apps[1].agentId: 5000000000 is listed twice.')]);
    expect(readErrors(text.replace('5000000000', '0'))).toEqual([expect.stringContaining('agentId: must be positive')]);
    const doubled = text.replace(
      '[{ templateId: t,',
      '[{ templateId: t, message: { msgtype: text, text: {} } }, { templateId: t,',
    );
    expect(readErrors(text.replace('msgtype: text', 'msgtype: sms'))).toEqual([
      expect.stringContaining('noticeTemplates[0].message.msgtype: must be one of text, image,'),
    ]);
    expect(readErrors(text.replace(', text: { content: x }', ''))).toEqual([
      expect.stringContaining('noticeTemplates[0].message.text: is missing.'),
    ]);
    expect(readErrors(doubled)).toEqual([expect.stringContaining('noticeTemplates[1].templateId: t is listed twice.')]);
  });

  test('a file without organizations, apps and robots sets nothing up', () => {
    expect(parseSetupFile('', 'x').setup).toBeUndefined();
    expect(parseSetupFile('port: 9000\n', 'x').setup).toBeUndefined();
  });

  test.each(sampleKinds)('the template of $msgKey can be set', ({ msgKey }) => {
    const text = `organizations: [{ corpId: c, name: C }]
apps: [{ appKey: a, appSecret: a-long-random-text, kind: internal, corpId: c }]
robots: [{ robotCode: r, name: R, appKey: a, installedIn: [c], templates: { ${msgKey}: stopped } }]
`;
    expect(parseSetupFile(text, 'x').setup?.robots[0]?.templates).toEqual({ [msgKey]: 'stopped' });
  });
});

describe('options in the file', () => {
  test('flags and environment override them, and they override defaults', async () => {
    const path = writeConfig('port: 9000\nhost: localhost\nlogLevel: warn\nreadTimestamp: off\n');
    const config = await readArgs('serve', ['--config', path, '--port', '9002'], { HUIZHI_LOG_LEVEL: 'error' });
    expect(config).toMatchObject({ port: 9002, host: 'localhost', logLevel: 'error', readTimestamp: 'off' });
  });

  test('a bad value is named with file, line and key', async () => {
    const path = writeConfig('# ports\n\nport: 99999\n');
    await expect(readArgs('serve', ['--config', path])).rejects.toThrow(
      `${path}:3: port "99999" must be a whole number from 0 to 65535.`,
    );
  });

  test('dev refuses a host of the file that is not loopback', async () => {
    const path = writeConfig('host: 0.0.0.0\n');
    await expect(readArgs('dev', [], { HUIZHI_CONFIG: path })).rejects.toThrow(`${path}:1: host 0.0.0.0: dev lets`);
  });
});

describe('what is refused, with file, line and key', () => {
  const wrong: [string, string, string][] = [
    ['an unknown key', 'prot: 1\n', 'huizhi.yaml:1: prot: unknown key. Did you mean port?'],
    ['a flag name as a key', 'read-window: 1h\n', 'huizhi.yaml:1: read-window: unknown key. Did you mean readWindow?'],
    [
      'an unknown key far inside',
      head.replace('kind: internal, corpId', 'kind: internal, corpid'),
      'huizhi.yaml:7: apps[0].corpid: unknown key. Did you mean corpId?',
    ],
    [
      'an unknown template',
      `${head}    # next\n  - { robotCode: r, name: 二, appKey: dingappinternal,\n      templates: { sampelText: stopped } }\n`,
      'huizhi.yaml:13: robots[1].templates.sampelText: unknown key. Did you mean sampleText?',
    ],
    ['a missing key', 'organizations:\n  - name: 一\n', 'huizhi.yaml:2: organizations[0].corpId: is missing.'],
    [
      'a number instead of text',
      'organizations:\n  - corpId: c\n    name: 一\n    users:\n      - { userId: 201382020, name: 曲 }\n',
      'huizhi.yaml:5: organizations[0].users[0].userId: must be text; put a number in quotes.',
    ],
    ['a name alone', 'organizations: 示例公司\n', 'huizhi.yaml:1: organizations: must be a list.'],
    ['a list at the top', '- port\n', 'huizhi.yaml:1: must be a group of keys.'],
    [
      'a code with a space',
      'organizations: [{ corpId: "a b", name: 一 }]\n',
      'huizhi.yaml:1: organizations[0].corpId: must be 1 to 128 characters without spaces, and not . or .. alone.',
    ],
    [
      'a code that no URL path can contain',
      'organizations: [{ corpId: "..", name: 一 }]\n',
      'huizhi.yaml:1: organizations[0].corpId: must be 1 to 128 characters without spaces, and not . or .. alone.',
    ],
    [
      'a name with a bidi override character',
      'organizations: [{ corpId: a, name: "exe\\u202egnp" }]\n',
      'huizhi.yaml:1: organizations[0].name: must be 1 to 200 characters on one line and not blank.',
    ],
    [
      'an unknown kind',
      head.replace('kind: internal', 'kind: external'),
      'huizhi.yaml:7: apps[0].kind: must be one of internal, thirdParty.',
    ],
    [
      'a robot of an unknown app',
      head.replace('appKey: dingappinternal, installedIn', 'appKey: dingappintern, installedIn'),
      'huizhi.yaml:10: robots[0].appKey: the file has no app dingappintern. Did you mean dingappinternal?',
    ],
    [
      'a robot in an unknown organization',
      head.replace('installedIn: [dingcorp0001]', 'installedIn: [elsewhere]'),
      'huizhi.yaml:10: robots[0].installedIn[0]: the file has no organization elsewhere.',
    ],
    [
      'an internal app without an organization',
      head.replace(' corpId: dingcorp0001, permissions', ' permissions'),
      'huizhi.yaml:7: apps[0].corpId: is missing; an internal app belongs to one organization.',
    ],
    [
      'an internal app that others authorize',
      head.replace(
        'corpId: dingcorp0001, permissions',
        'corpId: dingcorp0001, authorizedBy: [dingcorp0001], permissions',
      ),
      'huizhi.yaml:7: apps[0].authorizedBy: is for thirdParty apps; an internal app has only a corpId.',
    ],
    [
      'a third-party app with an organization of its own',
      head.replace('kind: thirdParty,', 'kind: thirdParty, corpId: dingcorp0001,'),
      'huizhi.yaml:8: apps[1].corpId: is for internal apps; a thirdParty app has authorizedBy.',
    ],
    [
      'a robot where its app may not act',
      `${head}  - { robotCode: r, name: 二, appKey: suitethirdparty, installedIn: [dingcorp0001] }\n`.replace(
        'authorizedBy: [dingcorp0001]',
        'authorizedBy: []',
      ),
      'huizhi.yaml:11: robots[1].installedIn[0]: dingcorp0001 cannot have this robot: its app suitethirdparty is not authorized by it (authorizedBy).',
    ],
    [
      'the same user twice',
      head.replace('apps:', '      - { userId: "201382020", name: 另 }\napps:'),
      'huizhi.yaml:6: organizations[0].users[1].userId: 201382020 is listed twice.',
    ],
    ['the same key twice', 'port: 1\nport: 2\n', 'huizhi.yaml:2: Map keys must be unique'],
    ['an open quote', 'host: "abc\n', 'huizhi.yaml:2: Missing closing "quote'],
  ];
  test.each(wrong)('%s', (_, text, message) => {
    expect(readErrors(text)).toEqual([message]);
  });

  test('all problems are reported at once', () => {
    expect(readErrors('prot: 1\nhots: x\norganizations: 5\n')).toHaveLength(3);
  });

  test('a missing file, a folder, and bytes that are not UTF-8 are refused', () => {
    expect(() => readSetupFile('/nowhere/huizhi.yaml')).toThrow('/nowhere/huizhi.yaml: the file does not exist.');
    expect(() => readSetupFile(tmpdir())).toThrow('this is a folder, not a file.');
    expect(() => readSetupFile(writeConfig(new Uint8Array([0xff, 0xfe, 0xfd])))).toThrow('the file is not UTF-8 text.');
  });
});

describe('demo data', () => {
  test('two organizations with thirty and five people, three apps and four robots', () => {
    expect(demoSetup.organizations.map(({ users }) => users.length)).toEqual([30, 5]);
    expect(demoSetup.organizations[0]?.users.map(({ userId }) => userId)).toEqual(
      expect.arrayContaining(['201382020', 'user001', 'user029']),
    );
    expect([demoSetup.apps.length, demoSetup.robots.length]).toEqual([3, 4]);
    expect(new Set(demoSetup.organizations.flatMap(({ users }) => users.map(({ name }) => name))).size).toBe(35);
  });

  test('it is a valid configuration file', () => {
    expect(parseSetupFile(JSON.stringify(demoSetup), 'demo').setup).toEqual(demoSetup);
  });

  test('serve refuses its secrets and names the line, dev and migrate do not', async () => {
    const path = writeConfig(head);
    const told = `${path}:7: apps[0].appSecret: is a demo secret, which is public; use a long random one.\n${path}:8: apps[1]`;
    await expect(readArgs('serve', ['--config', path])).rejects.toThrow(told);
    expect((await readArgs('dev', ['--config', path])).setup?.apps).toHaveLength(2);
    expect((await readArgs('migrate', ['--config', path])).setup?.apps).toHaveLength(2);
  });

  test('serve refuses its tokens of custom robots, too', async () => {
    const [token = ''] = demoTokens;
    const robot = `{ robotCode: w, name: W, token: ${token} }`;
    const path = writeConfig(
      `organizations: [{ corpId: c, name: C, users: [{ userId: a, name: A }], groups: [{ name: g, title: G, owner: a, customRobots: [${robot}] }] }]`,
    );
    await expect(readArgs('serve', ['--config', path])).rejects.toThrow('customRobots[0].token: is a demo secret');
    await readArgs('dev', ['--config', path]);
  });

  test.each([
    ['x', 'is shorter than 12 characters'],
    ['replace-this-by-a-long-random-text', 'is a placeholder'],
    ['a-long-random-text', 'is a placeholder'],
    ['another-long-random-text', 'is a placeholder'],
    ['changeme-changeme-changeme', 'is a placeholder'],
    ['your-app-secret-goes-here', 'is a placeholder'],
    ['<the-secret-of-the-app>', 'is a placeholder'],
    ['aaaaaaaaaaaaaaaaaaaaaaaa', 'repeats a few characters'],
  ])('serve refuses the appSecret %s by its line, dev does not', async (secret, why) => {
    const path = writeConfig(head.replaceAll('s3cret-internal', secret).replaceAll('s3cret-suite', 'b2f1c9d07e8a4563'));
    await expect(readArgs('serve', ['--config', path])).rejects.toThrow(`${path}:7: apps[0].appSecret: ${why}`);
    expect((await readArgs('dev', ['--config', path])).setup?.apps).toHaveLength(2);
  });

  test.each([
    [{ HUIZHI_SECRET: 'a-long-random-text' }, 'HUIZHI_SECRET is a placeholder; use a long random text'],
    [{ HUIZHI_ADMIN_TOKEN: 'changeme-changeme' }, 'HUIZHI_ADMIN_TOKEN is a placeholder'],
    [{ HUIZHI_ADMIN_TOKEN: '1111111111111111' }, 'HUIZHI_ADMIN_TOKEN repeats a few characters'],
  ])('serve refuses %j', async (environment, why) => {
    await expect(readArgs('serve', [], environment)).rejects.toThrow(why);
    await expect(readArgs('dev', [], environment)).resolves.toBeDefined();
  });

  test.each([
    ['robot_send', ' Did you mean qyapi_robot_sendmsg?'],
    ['qyapi_robot_sendmsq', ' Did you mean qyapi_robot_sendmsg?'],
    ['everything', ' Known permissions: qyapi_robot_sendmsg, qyapi_base,'],
  ])('an app with the permission %s, which does not exist, is refused by its line', (permission, rest) => {
    const [complaint = ''] = readErrors(head.replace('[qyapi_robot_sendmsg]', `[${permission}]`));
    expect(complaint).toContain(`huizhi.yaml:7: apps[0].permissions[0]: there is no permission ${permission}.${rest}`);
  });

  test.each([
    ['secret', 'HUIZHI_SECRET', '--secret'],
    ['adminToken', 'HUIZHI_ADMIN_TOKEN', '--admin-token'],
  ] as const)('%s comes from the environment or a file, and never from an argument', async (name, variable, flag) => {
    const path = writeConfig('a-secret-in-a-file-1\nmore\n');
    const other = 'a-secret-in-a-variable';
    expect(await readArgs('serve', [`${flag}-file`, path])).toMatchObject({ [name]: 'a-secret-in-a-file-1' });
    expect(await readArgs('serve', [], { [`${variable}_FILE`]: path })).toMatchObject({
      [name]: 'a-secret-in-a-file-1',
    });
    expect(await readArgs('serve', [], { [variable]: other })).toMatchObject({ [name]: other });
    await expect(readArgs('serve', [`${flag}-file`, path], { [variable]: other })).rejects.toThrow(
      `${variable} and ${flag}-file set the same secret`,
    );
    await expect(readArgs('serve', [`${flag}-file`, 'nowhere'])).rejects.toThrow(
      `${flag}-file "nowhere" cannot be read (ENOENT)`,
    );
    await expect(readArgs('serve', [`${flag}-file`, writeConfig('short\n')])).rejects.toThrow(
      `the file of ${flag}-file must be 16 to 1024 characters`,
    );
    for (const args of [[flag, other], [`${flag}=${other}`]])
      expect(() => parseCommandLine('serve', args)).toThrow(/cannot be given on the command line(?!.*a-secret-in)/);
  });

  test('the secret of the OpenID client can also come from a file', async () => {
    const args = ['--oidc-issuer', 'https://id.example', '--oidc-client-id', 'huizhi', '--oidc-corp-id', 'corp'];
    const config = await readArgs('serve', [...args, '--oidc-client-secret-file', writeConfig('of the client\n')]);
    expect(config.oidc?.clientSecret).toBe('of the client');
    expect(() => parseCommandLine('serve', ['--oidc-client-secret', 'x'])).toThrow('--oidc-client-secret-file');
  });

  test('the password of PostgreSQL comes from a file, for each address that has a user and no password', async () => {
    const path = writeConfig('p@ss/w:rd?\nmore\n');
    const environment = { HUIZHI_DATABASE_PASSWORD_FILE: path, HUIZHI_DATABASE: 'postgres://huizhi@db1,db2:5433/data' };
    const encoded = 'huizhi:p%40ss%2Fw%3Ard%3F';
    expect(await readArgs('serve', ['--database-direct', 'postgresql://huizhi@db/data'], environment)).toMatchObject({
      database: `postgres://${encoded}@db1,db2:5433/data`,
      databaseDirect: `postgresql://${encoded}@db/data`,
    });
    const moved = ['--from', 'huizhi.db', '--to', 'postgres://huizhi@db/data'];
    expect(await readArgs('migrate', moved, { HUIZHI_DATABASE_PASSWORD_FILE: path })).toMatchObject({
      database: 'huizhi.db',
      from: 'huizhi.db',
      to: `postgres://${encoded}@db/data`,
    });
  });

  test.each([
    ['postgres://huizhi:hush@db/data', 'HUIZHI_DATABASE must name the user and no password'],
    ['postgres://db/data', 'HUIZHI_DATABASE must name the user and no password'],
    ['huizhi.db', 'has the password of PostgreSQL, but --database is a file'],
  ])('a server with the password in a file refuses the database %s', async (database, message) => {
    const environment = { HUIZHI_DATABASE_PASSWORD_FILE: writeConfig('secret\n'), HUIZHI_DATABASE: database };
    await expect(readArgs('serve', [], environment)).rejects.toThrow(message);
    await expect(readArgs('serve', [], environment)).rejects.not.toThrow('hush');
    const empty = { ...environment, HUIZHI_DATABASE_PASSWORD_FILE: writeConfig('\n') };
    await expect(readArgs('serve', [], empty)).rejects.toThrow('has an empty first line');
  });

  test('each appSecret of the demo data is in demoSecrets', () => {
    expect(demoSecrets).toEqual(['s3cret-internal', 's3cret-suite', 's3cret-other']);
  });
});
