/** The calls of `huizhi admin`: help, completion and the checks of a command line are made from this table. */

export type AdminCall = {
  readonly doc: string;
  /** Placeholders of the operands, such as `<userId>`; `…` after the last one stands for any number. */
  readonly operands?: string;
  /** Names of the options that it accepts, besides those of every call. */
  readonly options?: readonly string[];
  readonly required?: readonly string[];
  /** Whether `--corp` filters a list, for which HUIZHI_CORP in the environment does not count. */
  readonly isCorpFilter?: true;
  /** Whether it works on the database instead of a server. */
  readonly isLocal?: true;
};

/** Names of the options that every call accepts. */
const everyCall = ['json', 'help', 'version'];

/** Names of the options that every call of a server accepts. */
const everyRequest = ['endpoint', 'credentials', 'adminToken', 'adminTokenFile', 'timeout'];

const corp = ['corpId'];
const listing = ['search', 'most', 'csv'];
const contact = ['mobile', 'email', 'jobNumber', 'jobTitle', 'departments', 'manages'];

const organizations = {
  list: { doc: 'lists organizations', options: listing },
  show: { doc: 'shows an organization', operands: '<corpId>' },
  add: { doc: 'adds an organization', operands: '<corpId>', required: ['name'], options: ['dryRun'] },
  update: { doc: 'renames an organization', operands: '<corpId>', required: ['name'], options: ['dryRun'] },
} as const satisfies Verbs;

const users = {
  list: { doc: 'lists users; with --former removed ones', required: corp, options: [...listing, 'former'] },
  show: { doc: 'shows a user', operands: '<userId>', required: corp },
  add: { doc: 'adds a user', operands: '<userId>', required: [...corp, 'name'], options: [...contact, 'dryRun'] },
  update: {
    doc: 'changes what the options name, and nothing else',
    operands: '<userId>',
    required: corp,
    options: ['name', ...contact, 'clear', 'dryRun'],
  },
  remove: { doc: 'removes users from their organization', operands: '<userId>…', required: corp, options: ['dryRun'] },
  restore: {
    doc: 'restores a removed user with inbox and receipts',
    operands: '<userId>',
    required: corp,
    options: ['leftAt', 'dryRun'],
  },
  import: {
    doc: 'adds and changes users from a CSV file, all or none',
    required: [...corp, 'file'],
    options: ['dryRun'],
  },
  export: { doc: 'writes all users as CSV, in the form that import reads', required: corp, options: ['out'] },
} as const satisfies Verbs;

const departments = {
  list: {
    doc: 'lists the departments below one; with --search in the whole organization',
    required: corp,
    options: [...listing, 'parent'],
  },
  show: { doc: 'shows a department with its path and numbers of users', operands: '<deptId>', required: corp },
  members: { doc: 'lists the users of a department', operands: '<deptId>', required: corp, options: ['most', 'csv'] },
  add: {
    doc: 'adds a department',
    required: [...corp, 'name'],
    options: ['deptId', 'parent', 'order', 'dryRun'],
  },
  update: {
    doc: 'renames or moves a department, or sets its managers',
    operands: '<deptId>',
    required: corp,
    options: ['name', 'parent', 'order', 'managers', 'dryRun'],
  },
  remove: { doc: 'removes an empty department', operands: '<deptId>', required: corp, options: ['dryRun'] },
} as const satisfies Verbs;

type Verbs = Readonly<Record<string, AdminCall>>;

const apps = {
  list: { doc: 'lists apps; with --corp those of an organization', options: [...listing, ...corp], isCorpFilter: true },
  show: { doc: 'shows an app', operands: '<appKey>' },
  add: {
    doc: 'adds an app, and prints its secret once',
    operands: '<appKey>',
    options: ['kind', ...corp, 'permissions', 'dryRun'],
  },
  update: {
    doc: 'sets the permissions of an app',
    operands: '<appKey>',
    required: ['permissions'],
    options: ['dryRun'],
  },
  rotate: {
    doc: 'replaces the secret of an app, and prints the new one once; the old one and its tokens stop working',
    operands: '<appKey>',
    options: ['dryRun'],
  },
  authorize: { doc: 'authorizes a third-party app', operands: '<appKey>', required: corp, options: ['dryRun'] },
  revoke: { doc: 'revokes that authorization', operands: '<appKey>', required: corp, options: ['dryRun'] },
} as const satisfies Verbs;

const robots = {
  list: {
    doc: 'lists robots; with --corp those in an organization',
    options: [...listing, ...corp],
    isCorpFilter: true,
  },
  show: { doc: 'shows a robot', operands: '<robotCode>' },
  add: { doc: 'adds a robot', operands: '<robotCode>', required: ['name', 'ownerApp'], options: ['dryRun'] },
  update: {
    doc: 'renames, disables or limits a robot',
    operands: '<robotCode>',
    options: ['name', 'disabled', 'unblockable', 'perMinute', 'perDay', 'dryRun'],
  },
  install: { doc: 'installs a robot in an organization', operands: '<robotCode>', required: corp, options: ['dryRun'] },
  uninstall: { doc: 'uninstalls a robot', operands: '<robotCode>', required: corp, options: ['dryRun'] },
  template: {
    doc: 'sets the state of a template of a robot',
    operands: '<robotCode> <msgKey>',
    required: ['templateState'],
    options: ['dryRun'],
  },
  blocks: {
    doc: 'lists the users who have blocked a robot',
    operands: '<robotCode>',
    required: corp,
    options: ['most', 'csv'],
  },
} as const satisfies Verbs;

const group = { operands: '<openConversationId>', required: corp } as const;

const groups = {
  list: { doc: 'lists groups', required: corp, options: [...listing, 'disbanded'] },
  show: { doc: 'shows a group', ...group },
  members: { doc: 'lists the members of a group', ...group, options: ['most', 'csv'] },
  add: { doc: 'adds a group', required: [...corp, 'name', 'owner'], options: ['members', 'robots', 'dryRun'] },
  update: { doc: 'renames a group, or gives it another owner', ...group, options: ['name', 'owner', 'dryRun'] },
  'add-members': { doc: 'adds members to a group', ...group, required: [...corp, 'members'], options: ['dryRun'] },
  'remove-members': { doc: 'removes members', ...group, required: [...corp, 'members'], options: ['dryRun'] },
  'add-robot': {
    doc: 'adds a robot to a group',
    operands: '<openConversationId> <robotCode>',
    required: corp,
    options: ['dryRun'],
  },
  'remove-robot': {
    doc: 'removes a robot from a group',
    operands: '<openConversationId> <robotCode>',
    required: corp,
    options: ['dryRun'],
  },
  disband: { doc: 'disbands a group, which cannot be undone', ...group, options: ['dryRun'] },
} as const satisfies Verbs;

const customRobot = { operands: '<robotCode>', required: corp } as const;
const security = ['keywords', 'addresses', 'sign'];

const customRobots = {
  list: {
    doc: 'lists custom robots; with --group those of a group',
    required: corp,
    options: ['ofGroup', 'most', 'csv'],
  },
  show: { doc: 'shows a custom robot', ...customRobot },
  add: {
    doc: 'adds a custom robot to a group, and prints the token of its webhook, and the secret, once',
    required: [...corp, 'ofGroup', 'name'],
    options: [...security, 'dryRun'],
  },
  update: {
    doc: 'renames or disables a custom robot, or sets which messages it accepts',
    ...customRobot,
    options: ['name', ...security, 'disabled', 'dryRun'],
  },
  token: {
    doc: 'replaces the token of the webhook, and prints the new one once; the old webhook stops working',
    ...customRobot,
    options: ['dryRun'],
  },
  secret: {
    doc: 'makes a new secret, with which messages have to be signed, and prints it once',
    ...customRobot,
    options: ['dryRun'],
  },
  remove: { doc: 'removes a custom robot', ...customRobot, options: ['dryRun'] },
} as const satisfies Verbs;

const endpoint = { operands: '<endpointId>', required: corp } as const;

const endpoints = {
  list: { doc: 'lists endpoints, which get events as webhooks', required: corp, options: ['most', 'csv'] },
  show: { doc: 'shows an endpoint', ...endpoint },
  add: {
    doc: 'adds an endpoint that gets the events from now on, and prints its secret once',
    required: [...corp, 'url'],
    options: ['types', 'description', 'dryRun'],
  },
  update: {
    doc: 'changes or disables an endpoint',
    ...endpoint,
    options: ['url', 'types', 'description', 'disabled', 'dryRun'],
  },
  rotate: {
    doc: 'replaces the secret of an endpoint, and prints the new one once; the old one stays valid for a day',
    ...endpoint,
    options: ['dryRun'],
  },
  test: { doc: 'sends a test event to an endpoint, and shows what it answers', ...endpoint },
  remove: { doc: 'removes an endpoint', ...endpoint, options: ['dryRun'] },
} as const satisfies Verbs;

const operators = {
  list: { doc: 'lists the operators of the console with their roles', options: ['most', 'csv'] },
  show: { doc: 'shows an operator', operands: '<operatorId>' },
  add: { doc: 'adds an operator', required: ['name'], options: ['email', 'roles', 'dryRun'] },
  set: {
    doc: 'changes an operator; other roles, and disabling, end their sessions',
    operands: '<operatorId>',
    options: ['name', 'email', 'roles', 'disabled', 'clear', 'dryRun'],
  },
  remove: { doc: 'removes an operator and ends their sessions', operands: '<operatorId>', options: ['dryRun'] },
  link: {
    doc: 'creates a link with which an operator signs in once, and prints it once',
    operands: '<operatorId>',
    options: ['validFor', 'dryRun'],
  },
} as const satisfies Verbs;

const unread = {
  list: {
    doc: 'lists messages with the users who have not read them',
    required: corp,
    options: ['robots', 'minAge', 'most', 'csv'],
  },
} as const satisfies Verbs;

const audit = {
  list: {
    doc: 'lists the audit log, newest first; with --corp the entries of an organization',
    options: [...corp, 'most', 'csv'],
    isCorpFilter: true,
  },
} as const satisfies Verbs;

const links = {
  create: {
    doc: 'creates links that sign in users without a password, each once; prints them, or writes CSV and QR codes',
    operands: '[<userId>…]',
    required: corp,
    options: ['file', 'out', 'pictures', 'validFor', 'csv', 'dryRun'],
  },
} as const satisfies Verbs;

const token = {
  reset: {
    doc: 'replaces a lost admin token in the database; for the user who runs the server, on its machine',
    isLocal: true,
    options: ['database', 'databaseDirect', 'databasePasswordFile', 'config', 'dryRun'],
  },
} as const satisfies Verbs;

/** The calls, by noun and verb. */
const adminCalls = {
  organizations,
  users,
  departments,
  apps,
  robots,
  groups,
  'custom-robots': customRobots,
  endpoints,
  links,
  operators,
  unread,
  audit,
  token,
} as const;

export type Noun = keyof typeof adminCalls;

/** The verbs of a noun. */
export type VerbOf<N extends Noun> = keyof (typeof adminCalls)[N] & string;

export const nouns: readonly string[] = Object.keys(adminCalls);

const isNoun = (word: string): word is Noun => nouns.includes(word);

/** Returns the verbs of a noun with their calls; an empty list for any other word. */
export const listVerbs = (word: string): readonly (readonly [verb: string, call: AdminCall])[] =>
  isNoun(word) ? Object.entries(adminCalls[word]) : [];

export const findVerb = (noun: string, word: string): AdminCall | undefined =>
  listVerbs(noun).find(([verb]) => verb === word)?.[1];

/** Returns the names of all options that a call accepts. */
export const listAccepted = ({ required = [], options = [], isLocal }: AdminCall): readonly string[] => [
  ...new Set([...required, ...options, ...(isLocal ? [] : everyRequest), ...everyCall]),
];
