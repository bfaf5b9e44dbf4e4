import type {
  AppsAnswer,
  ConsoleApp,
  ConsoleCustomRobot,
  ConsoleGroup,
  ConsoleOperator,
  ConsoleOrganization,
  ConsolePerson,
  ConsoleRobot,
  CustomRobotsAnswer,
  DepartmentsAnswer,
  GroupsAnswer,
  OperatorsAnswer,
  OrganizationsAnswer,
  RobotsAnswer,
  UsersAnswer,
} from '../../../src/client/answers.ts';

/** A searchable list of the console's HTTP surface, from which a `Choice` selects one item. */
export type Source<T, P> = {
  readonly path: string;
  /** Query parameters that every request for the list has, besides the search text. */
  readonly query: Readonly<Record<string, string>>;
  /** Whether a request for one item needs `query`, too: a userId is unique only within its organization. */
  readonly itemNeedsQuery?: boolean;
  /** Whether the server filters the list by a text; true by default. */
  readonly isSearchable?: boolean;
  itemsOf(page: P): readonly T[];
  codeOf(item: T): string;
  nameOf(item: T): string;
};

export const organizations: Source<ConsoleOrganization, OrganizationsAnswer> = {
  path: '/console/v1/organizations',
  query: {},
  itemsOf: (page) => page.organizations,
  codeOf: ({ corpId }) => corpId,
  nameOf: ({ name }) => name,
};

export const apps: Source<ConsoleApp, AppsAnswer> = {
  path: '/console/v1/apps',
  query: {},
  itemsOf: (page) => page.apps,
  codeOf: ({ appKey }) => appKey,
  nameOf: ({ appKey }) => appKey,
};

export const robots: Source<ConsoleRobot, RobotsAnswer> = {
  path: '/console/v1/robots',
  query: {},
  itemsOf: (page) => page.robots,
  codeOf: ({ robotCode }) => robotCode,
  nameOf: ({ name }) => name,
};

/** The operators of the console. */
export const operators: Source<ConsoleOperator, OperatorsAnswer> = {
  path: '/console/v1/operators',
  query: {},
  isSearchable: false,
  itemsOf: (page) => page.operators,
  codeOf: ({ operatorId }) => operatorId,
  nameOf: ({ name }) => name,
};

/** The robots that are installed in an organization. */
export function robotsIn(corpId: string): Source<ConsoleRobot, RobotsAnswer> {
  return { ...robots, query: { corpId } };
}

/** The users of an organization. */
export function usersOf(corpId: string): Source<ConsolePerson, UsersAnswer> {
  return {
    path: '/console/v1/users',
    query: { corpId },
    itemNeedsQuery: true,
    itemsOf: (page) => page.users,
    codeOf: ({ userId }) => userId,
    nameOf: ({ name }) => name,
  };
}

export type Department = DepartmentsAnswer['departments'][number];

/** The departments of an organization. Without a search text only those directly below the root are listed. */
export function departmentsOf(corpId: string): Source<Department, DepartmentsAnswer> {
  return {
    path: '/console/v1/departments',
    query: { corpId },
    itemNeedsQuery: true,
    itemsOf: (page) => page.departments,
    codeOf: ({ deptId }) => String(deptId),
    nameOf: ({ name }) => name,
  };
}

/** The groups of an organization. */
export function groupsOf(corpId: string): Source<ConsoleGroup, GroupsAnswer> {
  return {
    path: '/console/v1/groups',
    query: { corpId },
    itemNeedsQuery: true,
    itemsOf: (page) => page.groups,
    codeOf: ({ openConversationId }) => openConversationId,
    nameOf: ({ title }) => title,
  };
}

/** The custom robots of an organization. The server does not search them. */
export function customRobotsOf(corpId: string): Source<ConsoleCustomRobot, CustomRobotsAnswer> {
  return {
    path: '/console/v1/customRobots',
    query: { corpId },
    itemNeedsQuery: true,
    itemsOf: (page) => page.customRobots,
    codeOf: ({ robotCode }) => robotCode,
    nameOf: ({ name }) => name,
  };
}

type SourcePath<T, P> = Pick<Source<T, P>, 'path' | 'query' | 'itemNeedsQuery'>;

/** The path of the first page of the items that contain a text. */
export function searchPath<T, P>({ path, query }: SourcePath<T, P>, text: string): string {
  return `${path}?${new URLSearchParams({ limit: '50', ...query, ...(text && { text }) })}`;
}

/** The path of one item. */
export function itemPath<T, P>({ path, query, itemNeedsQuery }: SourcePath<T, P>, code: string): string {
  return `${path}/${encodeURIComponent(code)}${itemNeedsQuery ? `?${new URLSearchParams(query)}` : ''}`;
}
