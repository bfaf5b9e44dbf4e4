import {
  ApartmentOutlined,
  ApiOutlined,
  AppstoreOutlined,
  AuditOutlined,
  BellOutlined,
  ClockCircleOutlined,
  ClusterOutlined,
  CodeOutlined,
  CommentOutlined,
  DashboardOutlined,
  EditOutlined,
  ExperimentOutlined,
  FolderOutlined,
  IdcardOutlined,
  LinkOutlined,
  MessageOutlined,
  NotificationOutlined,
  RobotOutlined,
  SendOutlined,
  SolutionOutlined,
  TeamOutlined,
} from '@ant-design/icons';
import type { ComponentType } from 'react';
import type { ConsoleRight } from '../../src/client/answers.ts';
import { lazyPage } from '../shared/lazy-page.ts';
import type { PageProps } from './route.tsx';
import type { Texts } from './texts/index.ts';

type Page = {
  readonly name: keyof Texts['pages'];
  readonly path: string;
  readonly group: keyof Texts['groups'];
  readonly icon: ComponentType;
  /** The right that its calls need; a page of the emulator needs none. */
  readonly right?: ConsoleRight;
  readonly page: ComponentType<PageProps>;
  /** The page of a single item, at `path/:id`. */
  readonly detail?: ComponentType<PageProps>;
};

/** All pages of the console in the order of the navigation. The code of a page is loaded when it is first opened. */
export const pages: readonly Page[] = [
  {
    name: 'overview',
    path: '/',
    group: 'watch',
    icon: DashboardOutlined,
    right: 'statistics.read',
    page: lazyPage(() => import('./pages/overview.tsx')),
  },
  {
    name: 'messages',
    path: '/messages',
    group: 'watch',
    icon: MessageOutlined,
    right: 'messages.read',
    page: lazyPage(() => import('./pages/messages.tsx')),
    detail: lazyPage(() => import('./pages/message.tsx')),
  },
  {
    name: 'compose',
    path: '/compose',
    group: 'watch',
    icon: EditOutlined,
    right: 'messages.send',
    page: lazyPage(() => import('./pages/compose/compose.tsx')),
  },
  {
    name: 'unread',
    path: '/unread',
    group: 'watch',
    icon: ClockCircleOutlined,
    right: 'messages.read',
    page: lazyPage(() => import('./pages/unread.tsx')),
  },
  {
    name: 'notices',
    path: '/notices',
    group: 'watch',
    icon: NotificationOutlined,
    right: 'notices.read',
    page: lazyPage(() => import('./pages/notices/notices.tsx')),
    detail: lazyPage(() => import('./pages/notices/notice.tsx')),
  },
  {
    name: 'cards',
    path: '/cards',
    group: 'watch',
    icon: IdcardOutlined,
    right: 'cards.read',
    page: lazyPage(() => import('./pages/cards/cards.tsx')),
    detail: lazyPage(() => import('./pages/cards/card.tsx')),
  },
  {
    name: 'dings',
    path: '/dings',
    group: 'watch',
    icon: BellOutlined,
    right: 'dings.read',
    page: lazyPage(() => import('./pages/dings.tsx')),
  },
  {
    name: 'organizations',
    path: '/organizations',
    group: 'set-up',
    icon: ApartmentOutlined,
    right: 'organizations.read',
    page: lazyPage(() => import('./pages/organizations.tsx')),
  },
  {
    name: 'users',
    path: '/users',
    group: 'set-up',
    icon: TeamOutlined,
    right: 'users.read',
    page: lazyPage(() => import('./pages/users.tsx')),
    detail: lazyPage(() => import('./pages/people/user.tsx')),
  },
  {
    name: 'departments',
    path: '/departments',
    group: 'set-up',
    icon: ClusterOutlined,
    right: 'departments.read',
    page: lazyPage(() => import('./pages/departments/departments.tsx')),
    detail: lazyPage(() => import('./pages/departments/department.tsx')),
  },
  {
    name: 'groups',
    path: '/groups',
    group: 'set-up',
    icon: CommentOutlined,
    right: 'groups.read',
    page: lazyPage(() => import('./pages/groups/groups.tsx')),
    detail: lazyPage(() => import('./pages/groups/group.tsx')),
  },
  {
    name: 'files',
    path: '/files',
    group: 'set-up',
    icon: FolderOutlined,
    right: 'media.read',
    page: lazyPage(() => import('./pages/files.tsx')),
  },
  {
    name: 'apps',
    path: '/apps',
    group: 'set-up',
    icon: AppstoreOutlined,
    right: 'apps.read',
    page: lazyPage(() => import('./pages/apps.tsx')),
    detail: lazyPage(() => import('./pages/push/push.tsx')),
  },
  {
    name: 'endpoints',
    path: '/endpoints',
    group: 'set-up',
    icon: SendOutlined,
    right: 'endpoints.read',
    page: lazyPage(() => import('./pages/endpoints/endpoints.tsx')),
    detail: lazyPage(() => import('./pages/endpoints/endpoint.tsx')),
  },
  {
    name: 'robots',
    path: '/robots',
    group: 'set-up',
    icon: RobotOutlined,
    right: 'robots.read',
    page: lazyPage(() => import('./pages/robots.tsx')),
  },
  {
    name: 'customRobots',
    path: '/custom-robots',
    group: 'set-up',
    icon: ApiOutlined,
    right: 'customRobots.read',
    page: lazyPage(() => import('./pages/custom-robots/custom-robots.tsx')),
  },
  {
    name: 'operators',
    path: '/operators',
    group: 'set-up',
    icon: SolutionOutlined,
    right: 'operators.read',
    page: lazyPage(() => import('./pages/operators/operators.tsx')),
  },
  {
    name: 'audit',
    path: '/audit',
    group: 'set-up',
    icon: AuditOutlined,
    right: 'audit.read',
    page: lazyPage(() => import('./pages/audit.tsx')),
  },
  {
    name: 'connect',
    path: '/connect',
    group: 'dev',
    icon: LinkOutlined,
    // It shows secrets.
    right: 'apps.change',
    page: lazyPage(() => import('./pages/connect/connect.tsx')),
  },
  {
    name: 'emulator',
    path: '/emulator',
    group: 'dev',
    icon: ExperimentOutlined,
    page: lazyPage(() => import('./pages/emulator.tsx')),
  },
  {
    name: 'requests',
    path: '/requests',
    group: 'dev',
    icon: CodeOutlined,
    page: lazyPage(() => import('./pages/requests.tsx')),
  },
];

/** The page for a path below `/console`. */
export function pageOf(path: string): Page | undefined {
  const [, first = '', second, third] = path.split('/');
  const found = pages.find((page) => page.path === `/${first}`);
  if (!found || third !== undefined) return undefined;
  if (second === undefined) return found;
  return found.detail && { ...found, page: found.detail };
}
