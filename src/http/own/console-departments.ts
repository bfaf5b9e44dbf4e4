import { Hono } from 'hono';
import * as departments from '../../core/console/departments.ts';
import { huizhiError } from '../../wire/errors.ts';
import { defaultPage } from '../../wire/limits.ts';
import * as wire from '../../wire/own/console-directory.ts';
import type { ConsoleEnv } from './env.ts';
import { omitUndefined, parseBody, parseQuery } from './request.ts';

/** The console's routes for departments and for what apps see of them. */
export function createDepartmentRoutes(): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/departments', async (c) => {
    const { corpId, limit = defaultPage, cursor, ...filter } = parseQuery(c, wire.departmentsQuery);
    const page = omitUndefined({ limit, cursor });
    const answer = await departments.listDepartments(c.get('context'), corpId, omitUndefined(filter), page);
    return c.json(answer satisfies wire.DepartmentsAnswer);
  });
  app.post('/departments', async (c) => {
    const fields = await parseBody(c, wire.departmentBody);
    const created = await departments.createDepartment(c.get('context'), c.get('operator'), fields);
    return c.json(created satisfies wire.DepartmentDetail);
  });
  app.get('/departments/:deptId', async (c) => {
    const { corpId } = parseQuery(c, wire.organizationQuery);
    const found = await departments.findDepartment(c.get('context'), corpId, parseId(c.req.param('deptId')));
    return c.json(found satisfies wire.DepartmentDetail);
  });
  app.put('/departments/:deptId', async (c) => {
    const { corpId } = parseQuery(c, wire.organizationQuery);
    const id = parseId(c.req.param('deptId'));
    const change = await parseBody(c, wire.departmentChangeBody);
    const changed = await departments.changeDepartment(c.get('context'), c.get('operator'), corpId, id, change);
    return c.json(changed satisfies wire.DepartmentDetail);
  });
  app.delete('/departments/:deptId', async (c) => {
    const { corpId } = parseQuery(c, wire.organizationQuery);
    const id = parseId(c.req.param('deptId'));
    return c.json(await departments.deleteDepartment(c.get('context'), c.get('operator'), corpId, id));
  });
  app.get('/departments/:deptId/users', async (c) => {
    const { corpId, limit = defaultPage, cursor } = parseQuery(c, wire.departmentMembersQuery);
    const page = omitUndefined({ limit, cursor });
    const answer = await departments.listDepartmentUsers(
      c.get('context'),
      corpId,
      parseId(c.req.param('deptId')),
      page,
    );
    return c.json(answer satisfies wire.DepartmentMembersAnswer);
  });
  app.get('/apps/:appKey/contactScopes/:corpId', async (c) => {
    const { appKey, corpId } = c.req.param();
    return c.json(await departments.findContactScope(c.get('context'), appKey, corpId));
  });
  app.put('/apps/:appKey/contactScopes/:corpId', async (c) => {
    const { appKey, corpId } = c.req.param();
    const { departments: ids } = await parseBody(c, wire.contactScopeBody);
    return c.json(await departments.setContactScope(c.get('context'), c.get('operator'), appKey, corpId, ids));
  });
  return app;
}

/** Parses the deptId of a path. Throws `huizhi.notFound` for a text that is not a number. */
function parseId(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw huizhiError('huizhi.notFound', 'deptId is not a number');
}
