import { describe, expect, test } from 'vitest';
import type { Grant } from '../model.ts';
import type { Store } from '../store.ts';
import { anApp, day, type Open, opened, start, world } from './world.contract.ts';

const hour = 3_600_000;

/** Creates the grant that a request for a token at a time would store. */
async function fresh(
  store: Store,
  corpId: number,
  appId: number,
  now: number,
  given: Partial<Grant> = {},
): Promise<Grant> {
  const id = await store.number('grant');
  return { corpId, id, appId, appGeneration: 1, authorizationGeneration: 0, expiresAt: now + 2 * hour, ...given };
}

export function describeGrants(open: Open): void {
  describe('grants', () => {
    test('a shared grant is returned again with a later expiry while it is valid', async () => {
      const { store, corpId, app } = await world((await opened(open)).store);
      const first = await store.issueGrant(await fresh(store, corpId, app.id, start), true, start);
      expect(await store.grant(corpId, first.id)).toEqual(first);
      const again = await store.issueGrant(await fresh(store, corpId, app.id, start + hour), true, start + hour);
      expect(again).toEqual({ ...first, expiresAt: start + 3 * hour });
      expect(await store.grant(corpId, first.id)).toEqual(again);
      const late = await store.issueGrant(await fresh(store, corpId, app.id, start + 3 * hour), true, start + 3 * hour);
      expect(late.id).not.toBe(first.id);
    });

    test('a shared grant keeps its expiry when the clock is set back and corrected again', async () => {
      const { store, corpId, app } = await world((await opened(open)).store);
      const first = await store.issueGrant(await fresh(store, corpId, app.id, start), true, start);
      for (const now of [start - hour, start - 5 * hour]) {
        expect(await store.issueGrant(await fresh(store, corpId, app.id, now), true, now)).toEqual(first);
        expect(await store.grant(corpId, first.id)).toEqual(first);
      }
      const later = await store.issueGrant(await fresh(store, corpId, app.id, start + hour), true, start + hour);
      expect(later).toEqual({ ...first, expiresAt: start + 3 * hour });
    });

    test('concurrent requests for a shared grant get the same one', async () => {
      const { store, corpId, app } = await world((await opened(open)).store);
      const asking = Array.from({ length: 20 }, async (_, i) =>
        store.issueGrant(await fresh(store, corpId, app.id, start + i), true, start + i),
      );
      const ids = new Set((await Promise.all(asking)).map(({ id }) => id));
      expect(ids.size).toBe(1);
    });

    test('a grant that is not shared is new each time, and earlier ones stay valid', async () => {
      const { store, corpId, app } = await world((await opened(open)).store);
      const first = await store.issueGrant(await fresh(store, corpId, app.id, start), false, start);
      const second = await store.issueGrant(await fresh(store, corpId, app.id, start), false, start);
      const shared = await store.issueGrant(await fresh(store, corpId, app.id, start), true, start);
      expect(new Set([first.id, second.id, shared.id]).size).toBe(3);
      expect(await store.grant(corpId, first.id)).toEqual(first);
    });

    test('a shared grant is not returned to another app or organization, or after a change of generation', async () => {
      const { store, corpId, app, foreigner } = await world((await opened(open)).store);
      const other = await anApp(store, corpId, 'app-other');
      const grants = [
        await fresh(store, corpId, app.id, start),
        await fresh(store, corpId, other.id, start),
        await fresh(store, foreigner.corpId, app.id, start),
        await fresh(store, corpId, app.id, start, { appGeneration: 2 }),
        await fresh(store, corpId, app.id, start, { authorizationGeneration: 1 }),
      ];
      for (const grant of grants) expect(await store.issueGrant(grant, true, start)).toEqual(grant);
    });

    test('are found only in their own organization, also after a restart', async () => {
      const place = await opened(open);
      const { store, corpId, app, foreigner } = await world(place.store);
      const grant = await store.issueGrant(await fresh(store, corpId, app.id, start), true, start);
      expect(await store.grant(corpId, grant.id)).toEqual(grant);
      expect(await store.grant(foreigner.corpId, grant.id)).toBeUndefined();
      expect(await store.grant(corpId, grant.id + 1)).toBeUndefined();
      expect(await (await place.reopen()).grant(corpId, grant.id)).toEqual(grant);
    });
  });

  describe('suite tickets', () => {
    test('the two newest of an app are valid, newest first', async () => {
      const { store, corpId, app } = await world((await opened(open)).store);
      expect(await store.credentials.tickets(corpId, app.id)).toEqual([]);
      for (const i of [1, 2, 3]) await store.credentials.putTicket(corpId, app.id, `t${i}`, start);
      const valid = ['t3', 't2'].map((ticket) => ({ appId: app.id, ticket, createdAt: start }));
      expect(await store.credentials.tickets(corpId, app.id)).toEqual(valid);
      expect((await store.dump()).tables.suite_tickets).toHaveLength(2);
    });

    test('can be created concurrently, and two remain', async () => {
      const { store, corpId, app } = await world((await opened(open)).store);
      await Promise.all(
        ['a', 'b', 'c', 'd', 'e'].map((ticket) => store.credentials.putTicket(corpId, app.id, ticket, start)),
      );
      expect(await store.credentials.tickets(corpId, app.id)).toHaveLength(2);
    });

    test('belong to one app', async () => {
      const { store, corpId, app } = await world((await opened(open)).store);
      await store.credentials.putTicket(corpId, app.id, 't', start);
      expect(await store.credentials.tickets(corpId, app.id + 1)).toEqual([]);
    });
  });

  describe('sessions', () => {
    test('are found until they are deleted, also after a restart', async () => {
      const place = await opened(open);
      const { store, corpId, users } = await world(place.store);
      const session = { corpId, id: await store.number('session'), userId: users.ann, expiresAt: start + day };
      await store.credentials.putSession(session);
      expect(await store.credentials.findSession(corpId, session.id)).toEqual(session);
      const later = await place.reopen();
      expect(await later.credentials.findSession(corpId, session.id)).toEqual(session);
      await later.credentials.dropSession(corpId, session.id);
      expect(await later.credentials.findSession(corpId, session.id)).toBeUndefined();
    });

    test('end when their user leaves, and belong to one organization', async () => {
      const { store, corpId, users, foreigner } = await world((await opened(open)).store);
      const session = { corpId, id: await store.number('session'), userId: users.ann, expiresAt: start + day };
      await store.credentials.putSession(session);
      expect(await store.credentials.findSession(foreigner.corpId, session.id)).toBeUndefined();
      await store.removeUser(corpId, 'ann', start);
      expect(await store.credentials.findSession(corpId, session.id)).toBeUndefined();
    });
  });

  describe('sign-in codes', () => {
    test('can be used once, even by concurrent requests', async () => {
      const { store, corpId, users } = await world((await opened(open)).store);
      await store.credentials.putSignInCode(corpId, 'hash', users.ann, start + 1);
      expect(await store.credentials.hasSignInCode(corpId, 'hash')).toBe(true);
      const tries = await Promise.all(
        Array.from({ length: 10 }, () => store.credentials.takeSignInCode(corpId, 'hash', start)),
      );
      expect(tries.filter((taken) => taken !== undefined)).toEqual([{ userId: users.ann }]);
    });

    test('are refused when they have expired, and in another organization', async () => {
      const { store, corpId, users, foreigner } = await world((await opened(open)).store);
      await store.credentials.putSignInCode(corpId, 'hash', users.ann, start + 1);
      await store.credentials.putSignInCode(corpId, 'other', users.ann, start + 1);
      expect(await store.credentials.takeSignInCode(corpId, 'hash', start + 1)).toBeUndefined();
      expect(await store.credentials.takeSignInCode(foreigner.corpId, 'other', start)).toBeUndefined();
      expect(await store.credentials.takeSignInCode(corpId, 'HASH', start)).toBeUndefined();
      expect(await store.credentials.hasSignInCode(corpId, 'HASH')).toBe(false);
      expect(await store.credentials.takeSignInCode(corpId, 'other', start)).toEqual({ userId: users.ann });
    });
  });

  test('deleteExpired deletes what has expired and nothing else', async () => {
    const { store, corpId, app, users, send } = await world((await opened(open)).store);
    const expires = [start - 1, start, start + 1];
    for (const expiresAt of expires) {
      await store.issueGrant(await fresh(store, corpId, app.id, start, { expiresAt }), false, start);
      await store.credentials.putSession({ corpId, id: await store.number('session'), userId: users.ann, expiresAt });
      await store.credentials.putSignInCode(corpId, `hash ${expiresAt}`, users.ann, expiresAt);
      await send({ sentAt: expiresAt, idempotency: { code: `code ${expiresAt}`, since: 0 } });
    }
    await store.deleteExpired(start, start);
    const { tables } = await store.dump();
    const kept = ['grants', 'sessions', 'sign_in_codes', 'idempotency'].map((name) => tables[name]?.length);
    expect(kept).toEqual([2, 2, 2, 2]);
  });

  test('a grant that was deleted is not returned from the cache', async () => {
    const { store, corpId, app } = await world((await opened(open)).store);
    const grant = await store.issueGrant(await fresh(store, corpId, app.id, start), false, start);
    expect(await store.grant(corpId, grant.id)).toEqual(grant);
    await store.deleteExpired(grant.expiresAt + 1, 0);
    expect(await store.grant(corpId, grant.id)).toBeUndefined();
  });
}
