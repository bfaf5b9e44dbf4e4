import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseSetupFile } from './file.ts';
import { renderExampleFile, renderHelp, renderOptionsPage } from './help.ts';
import { type Command, commands, options, UsageError } from './options.ts';
import { parseCommand, parseCommandLine, readConfig } from './read.ts';

type Environment = Record<string, string>;

const nowhere = { terminal: false };

async function readCommand(line: string, environment: Environment = {}) {
  const [command = '', ...args] = line.split(' ');
  const known = parseCommand(command);
  return readConfig(known, parseCommandLine(known, args).flags, { ...nowhere, environment });
}

async function readUsageError(line: string, environment: Environment = {}): Promise<string> {
  const error = await readCommand(line, environment).catch((thrown: unknown) => thrown);
  if (!(error instanceof UsageError)) throw new Error(`${line} is not refused`);
  expect(error.exitCode).toBe(2);
  return error.message;
}

describe('defaults', () => {
  test('serve listens on loopback port 8720 and stores its data in huizhi.db', async () => {
    expect(await readCommand('serve')).toEqual({
      accessLog: false,
      fastPath: true,
      command: 'serve',
      port: 8720,
      host: '127.0.0.1',
      database: 'huizhi.db',
      secret: undefined,
      adminToken: undefined,
      poolSize: 10,
      receiptCache: 64,
      readWindow: 24 * 3_600_000,
      retention: 90 * 86_400_000,
      statisticsRetention: 400 * 86_400_000,
      auditRetention: 3650 * 86_400_000,
      readTimestamp: 'seconds',
      remotePictures: 'allow',
      webhookBlock: 600_000,
      noticeLimits: 'lenient',
      streamLifetime: 43_200_000,
      streamConnections: 100,
      streamRepeat: 'on',
      mediaQuota: 10_240,
      qpsLimit: 0,
      maxConnections: 10_000,
      drainTime: 0,
      logLevel: 'info',
      logFormat: 'json',
      setup: undefined,
      check: false,
      acceptMissingLog: false,
      json: false,
    });
  });

  test('dev stores its data in memory', async () => {
    expect((await readCommand('dev')).database).toBe(':memory:');
  });

  test('logs are pretty on a terminal and JSON elsewhere', async () => {
    const onTerminal = await readConfig('dev', new Map(), { environment: {}, terminal: true });
    expect([onTerminal.logFormat, (await readCommand('dev')).logFormat]).toEqual(['pretty', 'json']);
  });
});

describe('sources', () => {
  test('a flag wins over the environment, and the environment over the default', async () => {
    const environment = { HUIZHI_PORT: '9001', HUIZHI_LOG_LEVEL: 'warn' };
    const config = await readCommand('serve --port 9000', environment);
    expect([config.port, config.logLevel]).toEqual([9000, 'warn']);
  });

  test('the HUIZHI_ name wins over the common one', async () => {
    expect((await readCommand('serve', { PORT: '9002' })).port).toBe(9002);
    expect((await readCommand('serve', { PORT: '9002', HUIZHI_PORT: '9003' })).port).toBe(9003);
    expect((await readCommand('serve', { DATABASE_URL: './other.db' })).database).toBe('./other.db');
  });

  test('dev ignores DATABASE_URL, which may belong to another program', async () => {
    expect((await readCommand('dev', { DATABASE_URL: 'postgres://elsewhere/db' })).database).toBe(':memory:');
    expect((await readCommand('dev', { HUIZHI_DATABASE: 'dev.db' })).database).toBe('dev.db');
  });

  test('the direct address of a PostgreSQL server comes from its flag or its variable', async () => {
    const direct = 'postgres://db1,db2/huizhi';
    expect((await readCommand('serve', { HUIZHI_DATABASE_DIRECT: direct })).databaseDirect).toBe(direct);
    expect((await readCommand(`migrate --database-direct ${direct}`)).databaseDirect).toBe(direct);
    expect((await readCommand('serve')).databaseDirect).toBeUndefined();
  });

  test('a value follows its flag after a space or an equals sign', async () => {
    const config = await readCommand('dev --port=0 --read-window 1.5h --read-timestamp=milliseconds --json');
    expect(config).toMatchObject({ port: 0, readWindow: 5_400_000, readTimestamp: 'milliseconds', json: true });
  });

  test('the fast path is turned off by a flag, a variable or the file', async () => {
    const fastPath = async (flag: string, value?: string) =>
      (await readCommand(`dev${flag}`, value === undefined ? {} : { HUIZHI_NO_FAST_PATH: value })).fastPath;
    expect([await fastPath(''), await fastPath(' --no-fast-path')]).toEqual([true, false]);
    expect([await fastPath('', 'false'), await fastPath('', 'true')]).toEqual([true, false]);
    expect(await readUsageError('dev', { HUIZHI_NO_FAST_PATH: '1' })).toBe(
      'HUIZHI_NO_FAST_PATH "1" must be one of true, false.',
    );
    const { options: inFile } = parseSetupFile('noFastPath: true', 'huizhi.yaml');
    expect(inFile.get('noFastPath')).toEqual({ text: 'true', source: 'huizhi.yaml:1: noFastPath' });
    expect(() => parseSetupFile('noFastPath: "yes"', 'huizhi.yaml')).toThrow('must be true or false');
  });

  test('an option that a command does not have is not read from the environment', async () => {
    expect((await readCommand('migrate --check', { PORT: 'nonsense' })).check).toBe(true);
  });
});

test('a time of day for backups is minutes after midnight, on each of a number of days', async () => {
  const plan = async (line: string) => (await readCommand(`serve --backup-dir b ${line}`)).backups?.every;
  expect(await plan('--backup-at 03:30')).toEqual({ minutes: 210, days: 1 });
  expect(await plan('--backup-at 23:59 --backup-every 7d')).toEqual({ minutes: 1439, days: 7 });
  expect(await plan('--backup-every 6h')).toBe(6 * 3_600_000);
});

describe('wrong usage', () => {
  const wrong: [string, string][] = [
    ['dev --prot 1', 'huizhi dev has no option --prot. Did you mean --port?'],
    ['dev --readWindow 1h', 'huizhi dev has no option --readWindow. Did you mean --read-window?'],
    ['dev --check', 'huizhi dev has no --check; it is an option of huizhi migrate.'],
    ['dev now', 'huizhi dev accepts options only, not "now".'],
    ['dev --port', '--port needs a value: --port <number>'],
    ['dev --port --json', '--port needs a value: --port <number>'],
    ['dev --port 1 --port 2', '--port is given twice.'],
    ['dev --json=yes', '--json takes no value.'],
    ['dev --port 99999', '--port "99999" must be a whole number from 0 to 65535.'],
    ['dev --port -1', '--port "-1" must be a whole number from 0 to 65535.'],
    ['dev --port 0x10', '--port "0x10" must be a whole number from 0 to 65535.'],
    ['serve --database-direct huizhi.db', '--database-direct must be the URL of a PostgreSQL server (postgres://…).'],
    ['dev --port=', '--port is empty; omit it, or set it to <number>.'],
    [
      'dev --read-window -1h',
      '--read-window "-1h" must be a number and a unit (ms, s, m, h or d), such as 90s or 24h.',
    ],
    ['dev --read-window 24', '--read-window "24" must be a number and a unit (ms, s, m, h or d), such as 90s or 24h.'],
    ['dev --retention 0d', '--retention "0d" must be longer than 0 and at most 3650d.'],
    ['serve --drain-time 2h', '--drain-time "2h" must be at most 1h.'],
    [
      'dev --log-level inf',
      '--log-level "inf" must be one of trace, debug, info, warn, error, fatal, silent. Did you mean info?',
    ],
    [
      'dev --secret short',
      '--secret cannot be given on the command line, which all users of this machine can read: set HUIZHI_SECRET in the environment, or name a file that contains it with --secret-file.',
    ],
    ['dev --host http://x', '--host "http://x" must be a host name or an IP address, without a port.'],
    ['dev --host 127.0.0.1:80', '--host "127.0.0.1:80" must be a host name or an IP address, without a port.'],
    [
      'serve --backup-dir b --backup-at 3:30',
      '--backup-at "3:30" must be a time of day from 00:00 to 23:59, such as 03:30.',
    ],
    [
      'serve --backup-dir b --backup-at 24:00',
      '--backup-at "24:00" must be a time of day from 00:00 to 23:59, such as 03:30.',
    ],
    [
      'serve --backup-dir b --backup-at 03:30 --backup-every 36h',
      '--backup-at is a time of day: --backup-every must be whole days, such as 1d or 7d.',
    ],
    ['serve --backup-at 03:30', '--backup-at needs a folder: set --backup-dir, too.'],
    ['serve --config missing.yaml', 'missing.yaml: the file does not exist.'],
    ['serve --retention 1h', '--retention: the retention must be at least as long as the read window (--read-window).'],
  ];
  test.each(wrong)('%s says what is wrong', async (line, message) => {
    expect(await readUsageError(line)).toBe(message);
  });

  test.each(['0.0.0.0', '192.168.1.2', '::', 'example.com', '1270.0.1'])('dev does not listen on %s', async (host) => {
    expect(await readUsageError(`dev --host ${host}`)).toContain('loopback addresses only');
  });

  test.each(['localhost', '127.0.0.1', '127.1.2.3', '::1'])('dev listens on %s', async (host) => {
    expect((await readCommand(`dev --host ${host}`)).host).toBe(host);
  });

  test('a bad or empty environment variable is named', async () => {
    expect(await readUsageError('serve', { PORT: 'x' })).toBe('PORT "x" must be a whole number from 0 to 65535.');
    expect(await readUsageError('serve', { HUIZHI_SECRET: '' })).toBe(
      'HUIZHI_SECRET is empty; omit it, or set it to <text>.',
    );
  });

  test('a secret and the password in an address are never repeated', async () => {
    expect(await readUsageError('serve', { HUIZHI_ADMIN_TOKEN: 'hush' })).not.toContain('hush');
    const address = { DATABASE_URL: 'mysql://me:hush@host/db' };
    expect(await readUsageError('serve', address)).toBe(
      'DATABASE_URL is a mysql:// URL; huizhi supports a SQLite file (a path), :memory:, and PostgreSQL (postgres://).',
    );
  });

  test('an unknown command is refused with a suggestion and the list of commands', () => {
    expect(() => parseCommand('sevre')).toThrow(
      'There is no command "sevre". Did you mean serve? Commands: huizhi dev, huizhi serve,',
    );
  });
});

describe('help and reference', () => {
  test.each(commands)(
    '%s --help shows every option of the command with default and environment variables',
    (command: Command) => {
      const help = renderHelp(command).replaceAll(/\s+/g, ' ');
      for (const option of options.filter((one) => one.commands.includes(command))) {
        if (option.argument !== false) expect(help).toContain(option.flag);
        expect(help).toContain(option.doc);
        for (const name of (command === 'dev' && option.dev?.environment) || option.environment)
          expect(help).toContain(name);
      }
    },
  );

  test.each([
    ['docs/reference/options.md', renderOptionsPage],
    ['docs/reference/huizhi.yaml', renderExampleFile],
  ])('%s is what the table says (UPDATE_DOCS=1 rewrites it)', (path, written) => {
    const file = fileURLToPath(new URL(`../../${path}`, import.meta.url));
    if (process.env.UPDATE_DOCS === '1') {
      mkdirSync(fileURLToPath(new URL('../../docs/reference', import.meta.url)), { recursive: true });
      writeFileSync(file, written());
    }
    expect(existsSync(file) && readFileSync(file, 'utf8')).toBe(written());
  });

  test('the example file is valid as it is, and with every line switched on', () => {
    expect(parseSetupFile(renderExampleFile(), 'example')).toMatchObject({ setup: undefined, options: new Map() });
    const { options: given, setup } = parseSetupFile(
      renderExampleFile().replaceAll(/^#(?=[^ \n]| {2})/gm, ''),
      'example',
    );
    expect([...given.keys()]).toEqual(options.filter(({ inFile }) => inFile).map(({ name }) => name));
    expect(JSON.stringify(given.get('databaseDirect'))).toContain('postgres://');
    expect(setup).toMatchObject({
      organizations: [{ corpId: 'dingexample' }],
      robots: [{ robotCode: 'dingnoticerobot' }],
    });
  });
});
