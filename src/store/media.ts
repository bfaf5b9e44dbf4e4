import { type Driver, placeholders, queryRow, queryRows, queryValue, sql, sqlList, type Work } from './engine/sql.ts';
import { readContents } from './messages/inbox-messages.ts';
import type { Media, MediaType } from './model.ts';

/**
 * Bytes of each row of a file, except the last one. A row is written or read in one step, which on SQLite blocks the
 * process: for less than a millisecond at this size.
 */
export const partBytes = 256 * 1024;

/**
 * Number of rows of bytes after which the driver frees the memory of cached pages. Otherwise SQLite would cache the
 * pages of files until its cache of 256 MB is full of them.
 */
const trimEvery = 8;

/** Rows of bytes deleted in one step. */
const deletedParts = 4;

/** Milliseconds after which another use of a file is noted. */
const noteEvery = 86_400_000;

/** A file that is being uploaded. */
export type MediaUpload = Pick<Media, 'corpId' | 'id' | 'code'>;

/** What is known of a file when all of its bytes have arrived. */
export type MediaFacts = Pick<Media, 'type' | 'name' | 'mime' | 'createdAt'>;

/** `full`: the organization has no space left. `gone`: the upload was ended, by a reset or another process. */
export type Stored = 'stored' | 'full' | 'gone';

/** Bytes of a file: its part with this number, from 0. All parts except the last one have `partBytes`. */
export type MediaPart = { readonly part: number; readonly data: Uint8Array };

/** The number of a part of a file, and its bytes; undefined if they cannot be read. */
export type MeasuredPart = { readonly part: number; readonly bytes: number | undefined };

/**
 * Returns the bytes of the parts of a file together, or undefined if one is missing or has another size than it should.
 *
 * @param isRemoved whether the file is being removed: its first parts may be deleted
 */
export function measureParts(parts: readonly MeasuredPart[], isRemoved: boolean): number | undefined {
  const sorted = parts.toSorted((a, b) => a.part - b.part);
  const first = isRemoved ? (sorted[0]?.part ?? 0) : 0;
  let size = 0;
  for (const [i, { part, bytes = Number.POSITIVE_INFINITY }] of sorted.entries()) {
    const isWhole = i === sorted.length - 1 ? bytes <= partBytes : bytes === partBytes;
    if (!isWhole || part !== first + i) return undefined;
    size += bytes;
  }
  return size;
}

const reserveBytes = sql<[bytes: number]>(
  'reserve_media_bytes',
  `insert into media_usage (corp_id, bytes) values ($1, $2)
   on conflict (corp_id) do update set bytes = media_usage.bytes + $2 where media_usage.bytes + $2 <= $3
   returning bytes`,
);
const releaseBytes = sql('release_media_bytes', `update media_usage set bytes = bytes - $2 where corp_id = $1`);
const insertMedia = sql(
  'insert_media',
  `insert into media (corp_id, id, code, type, name, mime, size, state, owner, created_at, used_at)
   values ($1, $2, $3, 'file', '', '', 0, 0, $4, 0, 0)`,
);
const growMedia = sql<[size: number]>(
  'grow_media',
  `update media set size = size + $3 where corp_id = $1 and id = $2 and state = 0 returning size`,
);
const insertPart = sql(
  'insert_media_part',
  `insert into media_parts (corp_id, media_id, part, data) values ($1, $2, $3, $4)`,
);
const completeMedia = sql(
  'complete_media',
  `update media set type = $3, name = $4, mime = $5, created_at = $6, used_at = $6, state = 1
   where corp_id = $1 and id = $2`,
);

/** Stores the next parts of an upload. The first part creates its row. */
function* storeParts(
  { corpId, id, code }: MediaUpload,
  parts: readonly MediaPart[],
  owner: number,
  quota: number,
): Work<void> {
  const length = parts.reduce((sum, { data }) => sum + data.length, 0);
  if (parts[0]?.part === 0) yield* queryRows(insertMedia, corpId, id, code, owner);
  if (!(yield* queryRow(growMedia, corpId, id, length))) throw new NotStoredError('gone');
  for (const { part, data } of parts) yield* queryRows(insertPart, corpId, id, part, data);
  if (length > quota || !(yield* queryRow(reserveBytes, corpId, length, quota))) throw new NotStoredError('full');
}

/** Stores the last parts of an upload, and makes the file visible. */
function* storeLastParts(
  upload: MediaUpload,
  parts: readonly MediaPart[],
  { type, name, mime, createdAt }: MediaFacts,
  owner: number,
  quota: number,
): Work<void> {
  yield* storeParts(upload, parts, owner, quota);
  yield* queryRows(completeMedia, upload.corpId, upload.id, type, name, mime, createdAt);
}

/** Rolls back the transaction of a part that cannot be stored. */
class NotStoredError extends Error {
  readonly outcome: Exclude<Stored, 'stored'>;
  constructor(outcome: Exclude<Stored, 'stored'>) {
    super(`the part was not stored: ${outcome}`);
    this.name = 'NotStoredError';
    this.outcome = outcome;
  }
}

const columns = 'corp_id, id, code, type, name, mime, size, created_at, used_at';
type MediaRow = [
  corpId: number,
  id: number,
  code: string,
  type: string,
  name: string,
  mime: string,
  size: number,
  createdAt: number,
  usedAt: number,
];

const toMedia = ([corpId, id, code, type, name, mime, size, createdAt, usedAt]: Readonly<MediaRow>): Media => ({
  corpId,
  id,
  code,
  type: type as MediaType,
  name,
  mime,
  size,
  createdAt,
  usedAt,
});

const selectByCode = sql<MediaRow>(
  'select_media_by_code',
  `select ${columns} from media where corp_id = $1 and code = $2 and state = 1`,
);
const selectById = sql<MediaRow>(
  'select_media',
  `select ${columns} from media where corp_id = $1 and id = $2 and state = 1`,
);
const selectPage = sql<MediaRow>(
  'select_media_page',
  `select ${columns} from media where corp_id = $1 and id < $2 and state = 1 order by id desc limit $3`,
);
const selectPart = sql<[data: Uint8Array]>(
  'select_media_part',
  `select data from media_parts where corp_id = $1 and media_id = $2 and part = $3`,
);
const selectUsage = sql<[bytes: number]>('select_media_usage', `select bytes from media_usage where corp_id = $1`);
const countMedia = sql<[count: number]>('count_media', `select count(*) from media where corp_id = $1 and state = 1`);
const selectAllBytes = sql<[bytes: number | null]>('select_all_media_bytes', `select sum(bytes) from media_usage`);

function* findByCode(corpId: number, code: string): Work<Media | undefined> {
  const row = yield* queryRow(selectByCode, corpId, code);
  return row && toMedia(row);
}

function* findById(corpId: number, id: number): Work<Media | undefined> {
  const row = yield* queryRow(selectById, corpId, id);
  return row && toMedia(row);
}

/** How many bytes and files an organization has. Files that are being uploaded count as bytes only. */
export type MediaUsage = { readonly bytes: number; readonly files: number };

function* readUsage(corpId: number): Work<MediaUsage> {
  const bytes = yield* queryValue(selectUsage, corpId);
  const files = yield* queryValue(countMedia, corpId);
  return { bytes: Number(bytes ?? 0), files: Number(files ?? 0) };
}

const selectNotNoted = sqlList<[id: number]>(
  'select_media_to_note',
  (count) =>
    `select id from media
     where corp_id = $1 and used_at <= $2 and state = 1 and code in (${placeholders(3, count)})`,
);
const noteUse = sql('note_media_use', `update media set used_at = $3 where corp_id = $1 and id = $2 and used_at < $3`);

const selectDue = sql<[id: number]>(
  'select_media_due',
  `select id from media where corp_id = $1 and state = 1 and used_at < $2 order by used_at limit 1`,
);
const hideMedia = sql<[id: number]>(
  'hide_media',
  `update media set state = 2, owner = $3 where corp_id = $1 and id = $2 and state = 1 returning id`,
);
const hideDue = sql<[id: number]>(
  'hide_due_media',
  `update media set state = 2, owner = $3 where corp_id = $1 and id = $2 and state = 1 and used_at < $4 returning id`,
);
const endUpload = sql('end_upload', `update media set state = 2 where corp_id = $1 and id = $2`);
const lockUnfinished = sql(
  'lock_unfinished_media',
  `select id from media where corp_id = $1 and id = $2 and state <> 1 {locked}`,
);
const deleteParts = sql<[length: number]>(
  'delete_media_parts',
  `delete from media_parts where corp_id = $1 and media_id = $2 and part in (
     select part from media_parts where corp_id = $1 and media_id = $2 order by part limit ${deletedParts})
   returning length(data)`,
);
const deleteMedia = sql('delete_media', `delete from media where corp_id = $1 and id = $2 and state <> 1`);

/** Deletes some parts of a file that is no longer visible, and then its row. Returns whether nothing is left of it. */
function* deleteSome(corpId: number, id: number): Work<boolean> {
  // Two processes may delete what a third one has left.
  if (!(yield* queryRow(lockUnfinished, corpId, id))) return true;
  const gone = yield* queryRows(deleteParts, corpId, id);
  const bytes = gone.reduce((sum, [length]) => sum + length, 0);
  if (bytes > 0) yield* queryRows(releaseBytes, corpId, bytes);
  if (gone.length === deletedParts) return false;
  yield* queryRows(deleteMedia, corpId, id);
  return true;
}

// `owner` is the process that uploads or deletes it.
const selectUnfinished = sql<[corpId: number, id: number]>(
  'select_unfinished_media',
  `select m.corp_id, m.id from media m
   where m.state <> 1
     and (m.owner = $1 or not exists (select 1 from processes p where p.corp_id = 0 and p.id = m.owner))`,
);

/** Creates a function that counts rows of bytes that were written or read. */
function createTrimmer(driver: Driver): () => void {
  let rows = 0;
  return () => {
    if (++rows % trimEvery === 0) driver.trim();
  };
}

/** The uploads and removals of this process that are under way, as `corpId id`. */
type Active = Set<string>;

const keyOf = ({ corpId, id }: Pick<Media, 'corpId' | 'id'>) => `${corpId} ${id}`;

/** Deletes a file in steps, if `hide` has made it invisible. Returns whether it has. */
async function removeIf(
  driver: Driver,
  active: Active,
  { corpId, id }: Pick<Media, 'corpId' | 'id'>,
  hide: () => Work<boolean>,
): Promise<boolean> {
  const key = keyOf({ corpId, id });
  active.add(key);
  try {
    if (!(await driver.write(hide))) return false;
    await deleteAll(driver, corpId, id);
    return true;
  } finally {
    active.delete(key);
  }
}

async function deleteAll(driver: Driver, corpId: number, id: number): Promise<void> {
  while (!(await driver.write(() => deleteSome(corpId, id))));
}

async function writeParts(
  write: Driver['write'],
  trim: () => void,
  parts: readonly MediaPart[],
  body: () => Work<void>,
): Promise<Stored> {
  try {
    await write(body);
    for (const _ of parts) trim();
    return 'stored';
  } catch (error) {
    if (error instanceof NotStoredError) return error.outcome;
    throw error;
  }
}

function createUploadVerbs(driver: Driver, owner: () => number, active: Active, trim: () => void) {
  return {
    /**
     * Stores the next parts of an upload, in a transaction of its own. Nobody can find the file before the last part is
     * stored.
     *
     * @param quota the bytes that the files of an organization may have together
     */
    append(upload: MediaUpload, parts: readonly MediaPart[], quota: number): Promise<Stored> {
      active.add(keyOf(upload));
      // The last part makes all of them durable.
      return writeParts(driver.writeLazily, trim, parts, () => storeParts(upload, parts, owner(), quota));
    },
    /** Stores the last parts of an upload, and makes the file visible. */
    async complete(
      upload: MediaUpload,
      parts: readonly MediaPart[],
      facts: MediaFacts,
      quota: number,
    ): Promise<Stored> {
      const body = () => storeLastParts(upload, parts, facts, owner(), quota);
      const stored = await writeParts(driver.write, trim, parts, body);
      if (stored === 'stored') active.delete(keyOf(upload));
      return stored;
    },
    /** Deletes what was stored of an upload that ends without its last part. */
    async abort(upload: MediaUpload): Promise<void> {
      await removeIf(driver, active, upload, function* () {
        yield* queryRows(endUpload, upload.corpId, upload.id);
        return true;
      });
    },
  };
}

function createReadVerbs(driver: Driver, trim: () => void) {
  return {
    /** Finds a complete file by its media_id. */
    find: (corpId: number, code: string) => driver.read(() => findByCode(corpId, code)),
    findById: (corpId: number, id: number) => driver.read(() => findById(corpId, id)),
    /** Reads one part of a file; undefined if it was deleted. */
    async part(corpId: number, id: number, part: number): Promise<Uint8Array | undefined> {
      const [data] = (await driver.one(selectPart, corpId, id, part)) ?? [];
      trim();
      return data;
    },
    /** Reads a page of an organization's files, newest first. */
    async page(corpId: number, before: number, limit: number): Promise<readonly Media[]> {
      return (await driver.rows(selectPage, corpId, before, limit)).map(toMedia);
    },
    /** Reads the content of a message; undefined if it was recalled or removed. */
    async messageContent(corpId: number, messageId: number): Promise<string | undefined> {
      return (await driver.read(() => readContents(corpId, [messageId]))).get(messageId);
    },
    usage: (corpId: number) => driver.snapshot(() => readUsage(corpId)),
    /** Counts the bytes of all organizations. */
    async allBytes(): Promise<number> {
      return Number((await driver.one(selectAllBytes))?.[0] ?? 0);
    },
  };
}

function createRemovalVerbs(driver: Driver, owner: () => number, active: Active) {
  return {
    /** Notes that files were used at a time (epoch milliseconds), at most once a day for each. */
    async noteUse(corpId: number, codes: readonly string[], at: number): Promise<void> {
      const ids = await driver.rows(selectNotNoted(codes.length), corpId, at - noteEvery, ...codes);
      if (ids.length === 0) return;
      await driver.write(function* () {
        for (const [id] of ids) yield* queryRows(noteUse, corpId, id, at);
      });
    },
    /** Deletes a file. Returns false if it does not exist. */
    remove: (corpId: number, id: number) =>
      removeIf(driver, active, { corpId, id }, function* () {
        return (yield* queryRow(hideMedia, corpId, id, owner())) !== undefined;
      }),
    /** Deletes a file that was last used before a time (epoch milliseconds). Returns false if there is none. */
    async removeDue(corpId: number, before: number): Promise<boolean> {
      const [id] = (await driver.one(selectDue, corpId, before)) ?? [];
      if (id === undefined) return false;
      await removeIf(driver, active, { corpId, id }, function* () {
        return (yield* queryRow(hideDue, corpId, id, owner(), before)) !== undefined;
      });
      return true;
    },
    /** Deletes what interrupted uploads and removals have left, of this process and of those that have ended. */
    async removeUnfinished(): Promise<number> {
      const found = await driver.rows(selectUnfinished, owner());
      const left = found.filter(([corpId, id]) => !active.has(keyOf({ corpId, id })));
      for (const [corpId, id] of left) await deleteAll(driver, corpId, id);
      return left.length;
    },
  };
}

/**
 * Creates the verbs for uploaded files.
 *
 * @param owner returns the number of this process
 */
export function createMediaVerbs(driver: Driver, owner: () => number) {
  const active: Active = new Set();
  const trim = createTrimmer(driver);
  return {
    ...createUploadVerbs(driver, owner, active, trim),
    ...createReadVerbs(driver, trim),
    ...createRemovalVerbs(driver, owner, active),
  };
}

export type MediaVerbs = ReturnType<typeof createMediaVerbs>;
