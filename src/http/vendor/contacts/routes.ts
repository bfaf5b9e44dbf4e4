import type { Route } from '../../server/route.ts';
import { departmentRoutes } from './departments.ts';
import { oldestRoutes } from './oldest.ts';
import { userRoutes } from './users.ts';
import { versionedRoutes } from './versioned.ts';

/** The calls about users and departments. */
export const contactRoutes: readonly Route[] = [
  ...userRoutes,
  ...departmentRoutes,
  ...versionedRoutes,
  ...oldestRoutes,
];
