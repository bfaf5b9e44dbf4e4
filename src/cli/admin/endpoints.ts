import type { VerbOf } from '../../config/admin-calls.ts';
import { UsageError } from '../../config/options.ts';
import { report } from '../output.ts';
import { makeChange, noteSecret } from './change.ts';
import { readOrganization } from './organizations.ts';
import { type AdminRun, corpOf, firstOf, type Session } from './session.ts';
import { printList, printObject } from './show.ts';

export const endpoints: Readonly<Record<VerbOf<'endpoints'>, AdminRun>> = {
  list: (session) =>
    printList(session, {
      columns: ['endpointId', 'url', 'types', 'disabled', 'waiting', 'failed', 'dropped'],
      load: (page) => session.client.call('GET', '/console/v1/endpoints', { query: { ...corpOf(session), ...page } }),
      // In a table, an empty field would look like no type.
      items: (page): readonly Listed[] =>
        session.json ? page.endpoints : page.endpoints.map((one) => ({ ...one, types: one.types ?? ['all'] })),
    }),
  async show(session) {
    printObject(session, await readEndpoint(session));
    return 0;
  },
  async add(session) {
    const { corpId } = corpOf(session);
    const fields = { ...readFields(session), url: session.given.need('url') };
    const code = await makeChange(session, {
      ...{ done: 'added', object: `endpoint ${fields.url} of ${corpId}`, body: fields },
      within: () => readOrganization(session, corpId),
      run: () => session.client.call('POST', '/console/v1/endpoints', { body: { corpId, ...fields } }),
    });
    return noteSecret(session, code, 'The secret is');
  },
  update(session) {
    const [url, disabled] = ['url', 'disabled'].map(session.given.text);
    const body = {
      ...(url !== undefined && { url }),
      ...readFields(session),
      ...(disabled !== undefined && { disabled: disabled === 'true' }),
    };
    if (Object.keys(body).length === 0) throw new UsageError('Nothing to change: add --url or another option.');
    return makeChange(session, {
      ...{ done: 'changed', object: describe(session), body },
      current: () => readEndpoint(session),
      run: () => session.client.call('PUT', '/console/v1/endpoints/{endpointId}', { ...select(session), body }),
    });
  },
  async rotate(session) {
    const code = await makeChange(session, {
      ...{ done: 'given a new secret to', object: describe(session) },
      current: () => readEndpoint(session),
      run: () => session.client.call('POST', '/console/v1/endpoints/{endpointId}/secret', select(session)),
    });
    return noteSecret(session, code, 'The secret is');
  },
  /** Sends a test event. Returns 1 if the endpoint does not accept it. */
  async test(session) {
    const answer = await session.client.call('POST', '/console/v1/endpoints/{endpointId}/test', select(session));
    printObject(session, answer);
    report([`${describe(session)} has ${answer.delivered ? 'accepted' : 'not accepted'} a test event.`]);
    return answer.delivered ? 0 : 1;
  },
  remove: (session) =>
    makeChange(session, {
      ...{ done: 'removed', object: describe(session) },
      current: () => readEndpoint(session),
      run: () => session.client.call('DELETE', '/console/v1/endpoints/{endpointId}', select(session)),
    }),
};

const describe = (session: Session) => `endpoint ${firstOf(session)} of ${corpOf(session).corpId}`;

const select = (session: Session) => ({ path: { endpointId: firstOf(session) }, query: corpOf(session) });

const readEndpoint = (session: Session) =>
  session.client.call('GET', '/console/v1/endpoints/{endpointId}', select(session));

type Endpoint = Awaited<ReturnType<typeof readEndpoint>>;
type Types = Endpoint['types'];
type Listed = Omit<Endpoint, 'types'> & { readonly types: readonly string[] | null };

/** The members of an endpoint that the options set, besides its URL. */
function readFields({ given }: Session) {
  const description = given.text('description');
  const types = given.list('types');
  return {
    ...(description !== undefined && { description }),
    // The server checks the names of the types.
    ...(types && { types: types.join() === 'all' ? null : ([...types] as Types) }),
  };
}
