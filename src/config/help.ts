import { findVerb, listAccepted, listVerbs, nouns } from './admin-calls.ts';
import { type Command, commands, type Option, operands, options } from './options.ts';

/** What each command does, on one line. */
export const summaries: Readonly<Record<Command, string>> = {
  dev: 'the emulator: demo data, sign-in as anybody, a clock and faults for tests; loopback only',
  serve: 'the server: your organizations, apps and robots, from a configuration file or an existing database',
  migrate: 'migrates a database to the current schema and exits',
  distribute: 'distributes the tables of a PostgreSQL database over the nodes of Citus and exits',
  backup: 'copies a SQLite database to a file, and checks the copy; - writes to standard output',
  restore: 'makes a new SQLite database of a backup; - reads standard input',
  verify: 'checks that the data of a database is consistent, and changes nothing',
  run: 'runs a program whose calls to the vendor’s hosts lead to an emulator',
  send: 'sends a message to any number of users, and prints every processQueryKey',
  status: 'shows who has read messages; - reads the keys from standard input',
  recall: 'recalls messages; - reads the keys from standard input',
  ding: 'sends a DING and prints its openDingId; shows who has read one, or recalls it',
  upload: 'uploads files for messages, and prints their media_ids',
  mcp: 'lets an agent send, query who has not read, and recall: an MCP server on stdin and stdout',
  admin: 'administers users, departments and everything else of the console',
  doctor: 'checks configuration, database, port, endpoint, clock and credentials, and suggests what to do',
  completion: 'prints a completion script for bash, zsh or fish',
};

/** Renders the help text of `huizhi` without a command. */
export function renderOverview(): string {
  const lines = commands.map((command) => `  huizhi ${command.padEnd(11)} ${summaries[command]}`);
  return `huizhi: robot messages with read receipts\n\n${lines.join('\n')}\n\nhuizhi <command> --help shows the options of a command.\n`;
}

/**
 * Renders the help text of one command: every option with its default and its environment variables. For `admin`,
 * `words` can be a noun, and a verb, of which it shows the options only.
 */
export function renderHelp(command: Command, words: readonly string[] = []): string {
  if (command === 'admin') return renderAdminHelp(words);
  const own = options.filter((option) => option.commands.includes(command));
  const usage = `Usage: huizhi ${command} [options]${operands[command] ? ` ${operands[command]}` : ''}`;
  return `huizhi ${command}: ${summaries[command]}\n\n${usage}\n\n${renderOptions(command, own)}\n`;
}

function renderAdminHelp([word = '', verb = '']: readonly string[]): string {
  const found = nouns.filter((noun) => word === '' || noun === word);
  const calls = (found.length > 0 ? found : nouns).flatMap((noun) =>
    listVerbs(noun).map((one) => [noun, ...one] as const),
  );
  const shown = findVerb(word, verb) ? calls.filter(([, one]) => one === verb) : calls;
  const spelled = shown.map(([noun, one, { operands: codes = '' }]) =>
    `  huizhi admin ${noun} ${one} ${codes}`.trimEnd(),
  );
  const width = Math.max(...spelled.map((text) => text.length)) + 2;
  const lines = shown.map(([, , { doc }], i) => renderEntry(spelled[i] ?? '', width, [doc]));
  const accepted = new Set(shown.flatMap(([, , call]) => listAccepted(call)));
  const own = options.filter(({ name }) => accepted.has(name));
  const usage = `Usage: huizhi admin ${operands.admin} [options]`;
  return `huizhi admin: ${summaries.admin}\n\n${usage}\n\n${lines.join('\n')}\n\n${renderOptions('admin', own)}\n`;
}

function renderOptions(command: Command, own: readonly Option[]): string {
  const spelled = own.map((option) =>
    `  ${option.short ? `${option.short}, ` : ''}${selectName(option)} ${option.value ?? ''}`.trimEnd(),
  );
  const width = Math.max(...spelled.map((text) => text.length)) + 2;
  const entries = own.map((option, i) =>
    renderEntry(spelled[i] ?? '', width, [option.doc, ...describeDefaults(option, command)]),
  );
  return entries.join('\n');
}

/** Returns the flag of an option, or its environment variable if it cannot be set on the command line. */
const selectName = ({ flag, argument, environment }: Option) => (argument === false ? (environment[0] ?? flag) : flag);

function renderEntry(spelled: string, width: number, texts: readonly string[]): string {
  const lines = texts.flatMap((text) => wrapText(text, 100 - width));
  return lines.map((line, i) => (i === 0 ? spelled : '').padEnd(width) + line).join('\n');
}

function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Describes the choices, the default and the environment variables as sentences. */
function describeDefaults(option: Option, command: Command): string[] {
  const preset = findDefault(option, command);
  const names = formatEnvironmentNames(option, command);
  const choices = option.choices ? `One of ${option.choices.join(', ')}.` : '';
  return [choices, `${preset ? `Default: ${preset}. ` : ''}${names ? `Environment: ${names}.` : ''}`];
}

function findDefault(option: Option, command: Command): string | undefined {
  const dev = command === 'dev' ? option.dev : undefined;
  return dev?.default ?? dev?.unset ?? option.default ?? option.unset;
}

function formatEnvironmentNames(option: Option, command: Command): string {
  return ((command === 'dev' && option.dev?.environment) || option.environment).join(', then ');
}

/** Renders the Markdown reference page of all options, docs/reference/options.md. */
export function renderOptionsPage(): string {
  const body = options.map((option) => `${renderSection(option)}\n`);
  return `${pageHead}\n${body.join('\n')}`;
}

const pageHead = `# Options

Generated from the table in \`src/config/options.ts\`; \`huizhi <command> --help\` shows the same.

A flag overrides the environment, the environment overrides the [configuration file](huizhi.yaml), and the file overrides the default. A value can
follow its flag as \`--port 8720\` or \`--port=8720\`. Durations are a number and a unit: \`ms\`, \`s\`, \`m\`, \`h\`, \`d\`. An invalid or empty
value ends the command with exit code 2 and a message that names the option and the reason.
`;

function renderSection(option: Option): string {
  const facts: (readonly [string, string | undefined])[] = [
    ['Commands', option.commands.map((command) => `\`${command}\``).join(', ')],
    ['Values', option.kind === 'boolean' ? undefined : describeValues(option)],
    ['Default', renderPerCommand(option, findDefault)],
    ['Environment', renderPerCommand(option, formatEnvironmentNames)],
    ['In the file', option.inFile ? `\`${option.name}\`` : undefined],
  ];
  const list = facts.filter(([, fact]) => fact).map(([name, fact]) => `- ${name}: ${fact}`);
  const title = option.short ? `\`${option.flag}\`, \`${option.short}\`` : `\`${selectName(option)}\``;
  return [`## ${title}`, '', option.doc, '', ...list].join('\n');
}

function describeValues(option: Option): string {
  const { choices, kind, minimum, maximum } = option;
  if (choices) return choices.map((choice) => `\`${choice}\``).join(', ');
  if (kind === 'integer') return `a whole number from ${minimum} to ${maximum}`;
  if (kind !== 'duration') return 'text';
  return minimum === 0 ? 'a duration' : 'a duration longer than 0';
}

/** Renders one value if all commands agree, otherwise the general one and the one of `dev`. */
function renderPerCommand(
  option: Option,
  render: (option: Option, command: Command) => string | undefined,
): string | undefined {
  const general = render(option, 'serve');
  const dev = option.dev && option.commands.includes('dev') ? render(option, 'dev') : general;
  return dev === general ? general : `${general}; in \`dev\`: ${dev}`;
}

/**
 * Renders docs/reference/huizhi.yaml: each setting is commented out with a bare `#`, each explanation begins with `# `.
 */
export function renderExampleFile(): string {
  const own = options.filter((option) => option.inFile).map(renderExample);
  return `${fileHead}\n${own.join('\n')}\n${fileTail}`;
}

/** An example value for each placeholder. */
const examples: Readonly<Record<string, string>> = {
  '<folder>': '/var/backups/huizhi',
  '<HH:MM>': '03:30',
  '<url>': 'https://huizhi.example.com',
  '<name>': 'name',
  '<address>': 'postgres://user:password@db.example.com/huizhi',
  '<range>': '10.0.0.0/8',
  '<corpId>': 'dingexample',
};

/** An example of a file, such as `/etc/huizhi/admin-token`, which differs for each option. */
const renderPath = ({ flag }: Option) => `/etc/huizhi/${flag.slice(2).replace(/-file$/, '')}`;

function renderExample(option: Option): string {
  const preset = option.default ?? option.unset ?? '';
  const given = option.value === '<path>' ? renderPath(option) : examples[option.value ?? ''];
  const example = option.default ?? option.choices?.[0] ?? given ?? 'a-long-random-text';
  const prose = [...wrapText(option.doc, 96), option.default ? '' : `Default: ${preset}.`].filter(Boolean);
  const choices = option.choices ? [`One of ${option.choices.join(', ')}.`] : [];
  return `${[...prose, ...choices].map((line) => `# ${line}`).join('\n')}\n#${option.name}: ${example}\n`;
}

const fileHead = `# Configuration of huizhi: save it as huizhi.yaml in the working directory, or name it with --config.
#
# Flags and environment variables override this file. Remove the # in front of a line that you want to change.
# Generated from the code; options.md next to this file says more about each option.
`;

const fileTail = `# Everything below is created or updated at each start; anything that the file does not list stays as it is.
# Codes (corpId, userId, appKey, robotCode) are strings: put those that look like numbers in quotes.

# Companies, their users, who receive messages, and their groups.
#organizations:
#  - corpId: dingexample
#    name: 示例公司
#    # A tree below the root department, number 1, which is the organization. Users without departments belong to the root.
#    departments:
#      - { deptId: 100, name: 研发中心 }
#      - { deptId: 101, name: 后端组, parentId: 100, order: 1 }
#    users:
#      - { userId: "1001", name: 曲大岳 }
#      # All members but the first two are optional. A mobile identifies one user of the organization.
#      - userId: "1002"
#        name: 王秀英
#        mobile: "13800000001"
#        email: wang@example.com
#        jobNumber: "0002"
#        title: 工程师
#        departments: [100, 101]
#        # Of which of these departments the user is a manager.
#        manages: [101]
#    # DINGs by SMS and by phone that may be sent in total; without this line, any number.
#    dingQuota: { sms: 1000, phone: 100 }
#    # Groups, with all users (members: all) or some; the owner is always a member. The name identifies a group at later
#    # starts. Members and robots are added at each start, and never removed. openConversationId and chatId are random
#    # unless given.
#    groups:
#      - { name: project, title: 项目群, owner: "1001", members: ["1002"], robots: [dingnoticerobot] }
#      - name: alarms
#        title: 报警群
#        owner: "1001"
#        members: all
#        # Webhooks that send into the group. The robotCode identifies one at later starts. Messages need a signature if
#        # there is a secret, one of the keywords, and an address of the list; all three may be left out.
#        customRobots:
#          - robotCode: alarm-webhook
#            name: 报警机器人
#            # 64 hexadecimal digits, such as the output of openssl rand -hex 32.
#            token: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
#            secret: SEC-a-long-random-text
#            keywords: [报警, 恢复]
#            addresses: [10.0.0.0/8]
#    # Addresses that get reads, recalls, changes of groups and so on as signed webhooks; all types of events by default.
#    endpoints:
#      - endpointId: receipts
#        url: https://receipts.example.com/hook
#        # whsec_ and base64, such as the output of: echo whsec_$(openssl rand -base64 32)
#        secret: whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazfGsGEjVq0=
#        types: [receipt.read, receipt.recalled]

# Credentials with permissions. An internal app belongs to one organization (corpId); a thirdParty app is authorized by several.
#apps:
#  - appKey: dingnotice
#    appSecret: a-long-random-text
#    kind: internal
#    corpId: dingexample
#    permissions: [qyapi_robot_sendmsg, qyapi_get_member_by_mobile]
#    # The departments that the app may see, with those below them. Default: all.
#    contactScope: [100]
#    # The agent_id in the calls for work notices. Default: a number beyond 2^31, which the console shows.
#    agentId: 3160250001
#    # The address to which messages of people to the app's robots are posted. Default: none, they arrive in Stream mode.
#    messageUrl: https://bot.example.com/dingtalk
#    # The events of its robots' messages and of its organization that the app gets in Stream mode. Default: none.
#    events: [robot_msg_read, robot_msg_recall, chat_add_member]
#    # The address that gets events as encrypted HTTP pushes. The token has 6 to 63 characters, the aesKey 43 letters and
#    # digits; programs call the appKey ownerKey. Default: none.
#    push:
#      url: https://bot.example.com/events
#      token: a-random-token
#      aesKey: abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG
#      types: [robot_msg_read, robot_msg_recall]
#  - appKey: suitenotice
#    appSecret: another-long-random-text
#    kind: thirdParty
#    authorizedBy: [dingexample]
#    permissions: [qyapi_robot_sendmsg]
#    # Templates of sendbytemplate, by template_id: the message as in msg of asyncsend_v2, with placeholders for data.
#    noticeTemplates:
#      - templateId: alarm
#        message: { msgtype: text, text: { content: "服务器 \${host} 磁盘已满" } }
#    # Templates of interactive cards that the calls refuse: unpublished or removed. All others are accepted.
#    cardTemplates:
#      - { templateId: old-approval.schema, state: removed }

# Senders. Each belongs to one app and is installed in organizations.
#robots:
#  - robotCode: dingnoticerobot
#    name: 通知助手
#    appKey: dingnotice
#    installedIn: [dingexample]
#    # Whether sends of this robot are refused.
#    disabled: false
#    # Maximum number of messages to one person per minute and per day; 0 means no limit.
#    perUserPerMinute: 0
#    perUserPerDay: 0
#    # The coolAppCode that sends to groups and conversations of two must have; without it, any is accepted.
#    coolAppCode: COOLAPP-1-10182EEDD1AC0BA600D9000J
#    # States of message templates: active, stopped or removed.
#    templates: { sampleVideo: stopped }
`;
