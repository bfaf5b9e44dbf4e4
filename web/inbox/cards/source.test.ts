import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { InboxCard } from '../../../src/client/answers.ts';
import { type Cards, createCards } from '../state/cards.ts';
import { type CardSource, createCardSource } from './source.ts';

/** The requests that have no response yet, oldest first. */
let requests: { readonly method: string; readonly url: string; respond(status: number, body: object): void }[];
let cards: Cards;
let source: CardSource;
let ended: number;

const content = (revision: number, markdown = `text ${revision}`): InboxCard => ({
  ...{ cardId: 'c/1', revision, title: 'Title', markdown, pictures: [], buttons: [], streaming: 'none', updatedAt: 1 },
});

const respond = async (status: number, body: object = {}) => {
  requests.shift()?.respond(status, body);
  await vi.advanceTimersByTimeAsync(0);
};
const pass = (time: number) => vi.advanceTimersByTimeAsync(time);

beforeEach(() => {
  vi.useFakeTimers();
  [requests, ended] = [[], 0];
  vi.stubGlobal('window', globalThis);
  vi.stubGlobal('fetch', (url: string, { method }: { readonly method: string }) => {
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const respond = (status: number, body: object) =>
      status === 0 ? reject(new Error('no network')) : resolve(Response.json(body, { status }));
    requests.push({ method, url, respond });
    return promise;
  });
  cards = createCards(() => {
    ended += 1;
  });
  source = createCardSource('c/1', cards);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('a card that is shown', () => {
  test('is loaded, and again after each hint of a newer revision, with one request at a time', async () => {
    const stop = source.subscribe(() => {});
    expect(requests.map(({ method, url }) => [method, url])).toEqual([['GET', '/inbox/v1/cards/c%2F1']]);
    await respond(200, content(1));
    expect(source.state().card?.markdown).toBe('text 1');
    cards.changed({ cardId: 'c/1', revision: 1 });
    cards.changed({ cardId: 'other', revision: 9 });
    expect(requests).toHaveLength(0);
    for (const revision of [2, 3, 4]) cards.changed({ cardId: 'c/1', revision });
    expect(requests).toHaveLength(1);
    await respond(200, content(2));
    expect(requests).toHaveLength(1);
    await respond(200, content(4));
    expect(requests).toHaveLength(0);
    expect(source.state().card?.revision).toBe(4);
    stop();
    cards.changed({ cardId: 'c/1', revision: 5 });
    expect(requests).toHaveLength(0);
  });

  test('does not go back to an older revision, except after an interruption', async () => {
    const stop = source.subscribe(() => {});
    await respond(200, content(7));
    cards.changed({ cardId: 'c/1', revision: 8 });
    await respond(200, content(6));
    expect(source.state().card?.revision).toBe(7);
    cards.missed();
    await respond(200, content(3));
    expect(source.state().card?.revision).toBe(3);
    stop();
  });

  test.each([0, 429, 502])('is tried again after status %d, and shows its last content meanwhile', async (status) => {
    const stop = source.subscribe(() => {});
    await respond(200, content(1));
    cards.missed();
    await respond(status);
    expect(source.state()).toMatchObject({ failure: 'away', card: { revision: 1 } });
    await pass(499);
    expect(requests).toHaveLength(0);
    await pass(1);
    await respond(status);
    await pass(999);
    expect(requests).toHaveLength(0);
    await pass(1);
    await respond(200, content(2));
    expect(source.state()).toMatchObject({ failure: undefined, card: { revision: 2 } });
    stop();
    await pass(60_000);
    expect(requests).toHaveLength(0);
  });

  test('is not tried again if it is not there, and reports that the session has ended', async () => {
    const stop = source.subscribe(() => {});
    await respond(404);
    expect(source.state()).toMatchObject({ failure: 'gone', card: undefined });
    cards.missed();
    await respond(401);
    expect(ended).toBe(1);
    await pass(60_000);
    expect(requests).toHaveLength(0);
    stop();
  });

  test('that is hidden while it loads and shown again is loaded once more', async () => {
    source.subscribe(() => {})();
    source.subscribe(() => {});
    expect(requests).toHaveLength(1);
    await respond(200, content(1));
    expect(requests).toHaveLength(1);
    await respond(200, content(2));
    expect(source.state().card?.revision).toBe(2);
    expect(requests).toHaveLength(0);
  });
});

describe('a click', () => {
  test('is pending until the response, whose content is shown; another one is ignored meanwhile', async () => {
    const clicked = source.click('approve');
    await source.click('reject');
    expect(requests.map(({ method, url }) => [method, url])).toEqual([['POST', '/inbox/v1/cards/c%2F1/actions']]);
    expect(source.state().click).toEqual({ actionId: 'approve', is: 'pending' });
    await respond(200, { delivered: true, card: content(2) });
    await clicked;
    expect(source.state()).toMatchObject({ click: { actionId: 'approve', is: 'done' }, card: { revision: 2 } });
  });

  test.each([
    [200, { delivered: false, card: content(1) }, 'unanswered'],
    [0, {}, 'lost'],
    [503, {}, 'lost'],
    [403, { code: 'huizhi.forbidden' }, 'refused'],
    [404, {}, 'changed'],
    [409, {}, 'changed'],
    [429, {}, 'tooMany'],
  ] as const)('with status %d and body %j is %s', async (status, body, is) => {
    const clicked = source.click('approve');
    await respond(status, body);
    await clicked;
    expect(source.state().click).toEqual({ actionId: 'approve', is });
    const again = source.click('approve');
    expect(requests).toHaveLength(1);
    await respond(200, { delivered: true, card: content(3) });
    await again;
    expect(source.state().click?.is).toBe('done');
  });

  test('after the session has ended reports that', async () => {
    const clicked = source.click('approve');
    await respond(401);
    await clicked;
    expect(ended).toBe(1);
  });
});
