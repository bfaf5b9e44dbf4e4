import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type MediaFacts, type MediaUpload, partBytes, type Stored } from '../media.ts';
import type { Store } from '../store.ts';
import { day, must, type Open, opened, start } from './world.contract.ts';

const quota = 100 * partBytes;

const facts: MediaFacts = { type: 'image', name: '图 片.png', mime: 'image/png', createdAt: start };

async function begin(store: Store, corpId = 1): Promise<MediaUpload> {
  const id = await store.number('media');
  return { corpId, id, code: `@code-of-file-number-${id}` };
}

/** Stores the bytes of a file as an upload does. */
async function put(
  store: Store,
  bytes: Uint8Array,
  { corpId = 1, limit = quota, ...given }: Partial<MediaFacts> & { corpId?: number; limit?: number } = {},
): Promise<MediaUpload & { readonly stored: Stored }> {
  const upload = await begin(store, corpId);
  let part = 0;
  let stored: Stored = 'stored';
  for (; stored === 'stored' && bytes.length - part * partBytes > partBytes; part++) {
    const data = bytes.subarray(part * partBytes, (part + 1) * partBytes);
    stored = await store.media.append(upload, [{ part, data }], limit);
  }
  if (stored !== 'stored') return { ...upload, stored };
  const last = { part, data: bytes.subarray(part * partBytes) };
  return { ...upload, stored: await store.media.complete(upload, [last], { ...facts, ...given }, limit) };
}

async function read(store: Store, corpId: number, id: number): Promise<string> {
  const hash = createHash('sha256');
  for (let part = 0; ; part++) {
    const data = await store.media.part(corpId, id, part);
    if (data === undefined) return hash.digest('hex');
    hash.update(data);
  }
}

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

export function describeMedia(open: Open): void {
  describe('a file', () => {
    test('has the bytes that were stored, in parts', async () => {
      const { store } = await opened(open);
      for (const length of [1, partBytes, partBytes + 1, 3 * partBytes]) {
        const bytes = randomBytes(length);
        const { corpId, id, code } = await put(store, bytes);
        expect(await read(store, corpId, id)).toBe(hashOf(bytes));
        const found = { corpId, id, code, size: length, usedAt: start, ...facts };
        expect(await store.media.find(corpId, code)).toEqual(found);
        expect(await store.media.findById(corpId, id)).toEqual(found);
      }
    });

    test('is found when its last part is stored, and not before', async () => {
      const { store } = await opened(open);
      const upload = await begin(store);
      await store.media.append(upload, [{ part: 0, data: randomBytes(partBytes) }], quota);
      expect(await store.media.find(1, upload.code)).toBeUndefined();
      expect(await store.media.findById(1, upload.id)).toBeUndefined();
      expect(await store.media.page(1, Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
      await store.media.complete(upload, [{ part: 1, data: randomBytes(5) }], facts, quota);
      expect(await store.media.find(1, upload.code)).toMatchObject({ size: partBytes + 5 });
    });

    test('belongs to one organization', async () => {
      const { store } = await opened(open);
      const { id, code } = await put(store, randomBytes(10), { corpId: 1 });
      await put(store, randomBytes(20), { corpId: 2 });
      expect(await store.media.find(2, code)).toBeUndefined();
      expect(await store.media.findById(2, id)).toBeUndefined();
      expect(await store.media.part(2, id, 0)).toBeUndefined();
      expect(await store.media.remove(2, id)).toBe(false);
      await store.media.noteUse(2, [code], start + 2 * day);
      expect(await store.media.find(1, code)).toMatchObject({ usedAt: start });
      expect(await store.media.usage(1)).toEqual({ bytes: 10, files: 1 });
      expect(await store.media.usage(2)).toEqual({ bytes: 20, files: 1 });
      expect(await store.media.usage(3)).toEqual({ bytes: 0, files: 0 });
    });

    test('survives a restart', async () => {
      const { store, reopen } = await opened(open);
      const bytes = randomBytes(2 * partBytes + 7);
      const { corpId, id } = await put(store, bytes);
      expect(await read(await reopen(), corpId, id)).toBe(hashOf(bytes));
    });

    test('is listed newest first', async () => {
      const { store } = await opened(open);
      const ids: number[] = [];
      for (let i = 0; i < 5; i++) ids.unshift((await put(store, randomBytes(3))).id);
      const listed = await store.media.page(1, Number.MAX_SAFE_INTEGER, 3);
      expect(listed.map(({ id }) => id)).toEqual(ids.slice(0, 3));
      const rest = await store.media.page(1, must(ids[2]), 3);
      expect(rest.map(({ id }) => id)).toEqual(ids.slice(3));
    });

    test('has its use noted at most once a day', async () => {
      const { store } = await opened(open);
      const { code } = await put(store, randomBytes(3));
      const usedAt = async (at: number) => {
        await store.media.noteUse(1, [code, '@unknown'], at);
        return (await store.media.find(1, code))?.usedAt;
      };
      expect(await usedAt(start + day - 1)).toBe(start);
      expect(await usedAt(start + day)).toBe(start + day);
      expect(await usedAt(start + day + 5)).toBe(start + day);
      expect(await usedAt(start)).toBe(start + day);
    });

    test('is deleted with its bytes', async () => {
      const { store } = await opened(open);
      const kept = await put(store, randomBytes(11));
      const { id, code } = await put(store, randomBytes(9 * partBytes + 1));
      expect(await store.media.remove(1, id)).toBe(true);
      expect(await store.media.remove(1, id)).toBe(false);
      expect(await store.media.find(1, code)).toBeUndefined();
      for (let part = 0; part < 10; part++) expect(await store.media.part(1, id, part)).toBeUndefined();
      expect(await store.media.usage(1)).toEqual({ bytes: 11, files: 1 });
      expect(await store.media.find(1, kept.code)).toBeDefined();
    });

    test('is removed after its last use, the longest unused first', async () => {
      const { store } = await opened(open);
      const old = await put(store, randomBytes(3), { createdAt: start });
      const older = await put(store, randomBytes(3), { createdAt: start - day });
      const used = await put(store, randomBytes(3), { createdAt: start - 2 * day });
      await store.media.noteUse(1, [used.code], start + day);
      expect(await store.shares.ofMedia(1, start + 1)).toEqual({ due: 2, total: 3 });
      expect(await store.media.removeDue(1, start)).toBe(true);
      expect(await store.media.find(1, older.code)).toBeUndefined();
      expect(await store.media.removeDue(1, start)).toBe(false);
      expect(await store.media.removeDue(1, start + 1)).toBe(true);
      expect(await store.media.find(1, old.code)).toBeUndefined();
      expect(await store.media.removeDue(1, start + 1)).toBe(false);
      expect(await store.media.find(1, used.code)).toBeDefined();
    });
  });

  describe('an upload', () => {
    test('beyond the space of the organization stores nothing of its part', async () => {
      const { store } = await opened(open);
      const limit = 3 * partBytes;
      expect((await put(store, randomBytes(2 * partBytes), { limit })).stored).toBe('stored');
      const { corpId, id, code, stored } = await put(store, randomBytes(2 * partBytes), { limit });
      expect(stored).toBe('full');
      await store.media.abort({ corpId, id, code });
      expect(await store.media.usage(1)).toEqual({ bytes: 2 * partBytes, files: 1 });
      expect((await put(store, randomBytes(partBytes), { limit })).stored).toBe('stored');
      expect((await put(store, randomBytes(1), { limit })).stored).toBe('full');
      expect((await put(store, randomBytes(2), { corpId: 2, limit: 1 })).stored).toBe('full');
      expect(await store.media.usage(2)).toEqual({ bytes: 0, files: 0 });
    });

    test('that is aborted leaves nothing', async () => {
      const { store } = await opened(open);
      const upload = await begin(store);
      for (let part = 0; part < 6; part++) {
        await store.media.append(upload, [{ part, data: randomBytes(partBytes) }], quota);
      }
      expect(await store.media.usage(1)).toEqual({ bytes: 6 * partBytes, files: 0 });
      await store.media.abort(upload);
      await store.media.abort(await begin(store));
      expect((await store.dump()).tables).toMatchObject({ media: [], media_parts: [], media_usage: [[1, 0]] });
      expect(await store.media.append(upload, [{ part: 6, data: randomBytes(1) }], quota)).toBe('gone');
      expect((await store.dump()).tables).toMatchObject({ media: [], media_parts: [], media_usage: [[1, 0]] });
    });

    test('that a restart has interrupted is removed, and one that is under way is not', async () => {
      const { store, reopen } = await opened(open);
      const left = await begin(store);
      for (let part = 0; part < 5; part++) {
        await store.media.append(left, [{ part, data: randomBytes(partBytes) }], quota);
      }
      const again = await reopen();
      const running = await begin(again);
      await again.media.append(running, [{ part: 0, data: randomBytes(partBytes) }], quota);
      expect(await again.media.removeUnfinished()).toBe(1);
      expect(await again.media.usage(1)).toEqual({ bytes: partBytes, files: 0 });
      expect(await again.media.complete(running, [{ part: 1, data: randomBytes(1) }], facts, quota)).toBe('stored');
      expect(await again.media.removeUnfinished()).toBe(0);
      expect(await again.media.find(1, running.code)).toBeDefined();
    });

    test('that a reset has ended stores nothing more', async () => {
      const { store } = await opened(open);
      const upload = await begin(store);
      await store.media.append(upload, [{ part: 0, data: randomBytes(partBytes) }], quota);
      await store.clear();
      expect(await store.media.complete(upload, [{ part: 1, data: randomBytes(1) }], facts, quota)).toBe('gone');
      expect((await store.dump()).tables).toMatchObject({ media: [], media_parts: [], media_usage: [] });
    });

    test('shares the space of its organization with others at the same time', async () => {
      const { store } = await opened(open);
      const limit = 5 * partBytes;
      const outcomes = await Promise.all(
        Array.from({ length: 9 }, async () => put(store, randomBytes(partBytes), { limit })),
      );
      expect(outcomes.filter(({ stored }) => stored === 'stored')).toHaveLength(5);
      expect(await store.media.usage(1)).toEqual({ bytes: limit, files: 5 });
    });
  });
}
