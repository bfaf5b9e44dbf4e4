import type { VerbOf } from '../../config/admin-calls.ts';
import { UsageError } from '../../config/options.ts';
import { makeChange, noteSecret } from './change.ts';
import { type AdminRun, firstOf, type Session } from './session.ts';
import { printList, printObject } from './show.ts';

export const operators: Readonly<Record<VerbOf<'operators'>, AdminRun>> = {
  list: (session) =>
    printList(session, {
      columns: ['operatorId', 'name', 'email', 'roles', 'disabled', 'createdAt'],
      load: (page) => session.client.call('GET', '/console/v1/operators', { query: page }),
      items: (page) => page.operators.map((one) => withRoles(session, one)),
    }),
  async show(session) {
    printObject(session, await readShown(session));
    return 0;
  },
  add(session) {
    const body = { ...readFields(session), name: session.given.need('name') };
    return makeChange(session, {
      ...{ done: 'added', object: `operator ${body.name}`, body: withRoles(session, body) },
      run: async () => withRoles(session, await session.client.call('POST', '/console/v1/operators', { body })),
    });
  },
  set(session) {
    const name = session.given.text('name');
    const disabled = session.given.text('disabled');
    const body = {
      ...(name !== undefined && { name }),
      ...readFields(session),
      ...(disabled !== undefined && { disabled: disabled === 'true' }),
    };
    if (Object.keys(body).length === 0) throw new UsageError('Nothing to change: add --role or another option.');
    return makeChange(session, {
      ...{ done: 'changed', object: describe(session), body: withRoles(session, body) },
      current: () => readShown(session),
      run: async () => {
        const given = { ...select(session), body };
        return withRoles(session, await session.client.call('PUT', '/console/v1/operators/{operatorId}', given));
      },
    });
  },
  remove: (session) =>
    makeChange(session, {
      ...{ done: 'removed', object: describe(session) },
      current: () => readOperator(session),
      run: () => session.client.call('DELETE', '/console/v1/operators/{operatorId}', select(session)),
    }),
  async link(session) {
    const validFor = session.given.number('validFor');
    const body = validFor === undefined ? {} : { validFor };
    const code = await makeChange(session, {
      ...{ done: 'given a sign-in link to', object: describe(session) },
      current: () => readOperator(session),
      run: () => session.client.call('POST', '/console/v1/operators/{operatorId}/link', { ...select(session), body }),
    });
    return noteSecret(session, code, 'The link works once, and is');
  },
};

const describe = (session: Session) => `operator ${firstOf(session)}`;

const select = (session: Session) => ({ path: { operatorId: firstOf(session) } });

const readOperator = (session: Session) =>
  session.client.call('GET', '/console/v1/operators/{operatorId}', select(session));

type Operator = Awaited<ReturnType<typeof readOperator>>;
type Role = Operator['grants'][number]['role'];
/** A role as the server reads it; null or nothing means all organizations, and no user. */
type Grant = { readonly role: Role; readonly corpId?: string | null; readonly userId?: string | null };
type Shown<T> = Omit<T, 'grants'> & { readonly roles?: readonly string[] };

/** What is printed of an operator, or of a change of one: the roles as `--role` reads them, unless it is JSON. */
function withRoles<T extends { readonly grants?: readonly Grant[] | undefined }>({ json }: Session, one: T): Shown<T> {
  if (json || one.grants === undefined) return one;
  const { grants, ...rest } = one;
  return { ...rest, roles: grants.map(formatGrant) };
}

const readShown = async (session: Session) => withRoles(session, await readOperator(session));

/** Renders a role as `--role` reads it. */
const formatGrant = ({ role, corpId, userId }: Grant) =>
  `${role}${corpId ? `@${corpId}` : ''}${userId ? `/${userId}` : ''}`;

/** Parses `role`, `role@corpId` or `role@corpId/userId`. The server checks all three. */
function parseGrant(text: string): { role: Role; corpId?: string; userId?: string } {
  const [role = '', place] = text.split(/@(.*)/s);
  const [, corpId, userId] = /^(.*?)(?:\/([^/]*))?$/s.exec(place ?? '') ?? [];
  const where = place === undefined ? {} : { corpId: corpId ?? '', ...(userId !== undefined && { userId }) };
  return { role: role as Role, ...where };
}

/** The members of an operator that the options set, besides the name. */
function readFields({ given }: Session) {
  const [email, roles, clear = []] = [given.text('email'), given.list('roles'), given.list('clear')];
  const other = clear.find((field) => field !== 'email');
  if (other !== undefined)
    throw new UsageError(`--clear: ${JSON.stringify(other)} is not a field of an operator; use email.`);
  return {
    ...(email !== undefined && { email }),
    ...(clear.length > 0 && { email: null }),
    ...(roles && { grants: roles.map(parseGrant) }),
  };
}
