import { queryRows, type Reader, sql, type Work } from '../engine/sql.ts';
import { measureParts } from '../media.ts';
import type { Problem } from './problems.ts';

type PartRow = [corpId: number, mediaId: number, part: number, bytes: number];
type FileRow = [corpId: number, id: number, size: number];

// Only the lengths: the bytes of all files may be more than the memory holds.
const selectParts = sql<PartRow>(
  'verify_media_parts',
  `select corp_id, media_id, part, length(data) from media_parts
   where corp_id = $1 and media_id >= $2 and media_id <= $3 order by media_id, part`,
);
// A removal (state 2) deletes the parts in steps, and the size stays until the row is deleted.
const selectFiles = sql<FileRow>(
  'verify_media',
  `select corp_id, id, size from media
   where (corp_id, id) > ($1, $2) and state <> 2 order by corp_id, id limit 20`,
);
// Each step of a removal subtracts its parts, so the parts that are left count.
const selectUsage = sql<[corpId: number]>(
  'verify_media_usage',
  `select u.corp_id from media_usage u
   where u.bytes <>
     (select coalesce(sum(m.size), 0) from media m where m.corp_id = u.corp_id and m.state <> 2) +
     (select coalesce(sum(length(p.data)), 0) from media m
      join media_parts p on p.corp_id = m.corp_id and p.media_id = m.id
      where m.corp_id = u.corp_id and m.state = 2)`,
);
const selectOrphans = sql<PartRow>(
  'verify_media_orphans',
  `select p.corp_id, p.media_id, p.part, 0 from media_parts p
   where p.part = 0 and not exists (select 1 from media m where m.corp_id = p.corp_id and m.id = p.media_id) limit 100`,
);

/**
 * Checks that the parts of each file have its size, and that each organization's usage is the size of its files with
 * what is left of those that are being removed.
 */
export async function* findMediaProblems(reader: Reader): AsyncGenerator<readonly Problem[]> {
  let after: readonly [number, number] = [-1, -1];
  for (;;) {
    const { last, problems } = await reader.snapshot(() => checkFiles(after));
    yield problems;
    if (!last) break;
    after = last;
  }
  const orphans = await reader.rows(selectOrphans);
  yield orphans.map(([corpId, mediaId, part]) =>
    describe('media_parts', [corpId, mediaId, part], 'the file is missing'),
  );
  const wrong = await reader.rows(selectUsage);
  yield wrong.map(([corpId]) => describe('media_usage', [corpId], 'bytes is not the size of the files'));
}

function* checkFiles(after: readonly [number, number]): Work<{
  readonly last: readonly [number, number] | undefined;
  readonly problems: readonly Problem[];
}> {
  const files = yield* queryRows(selectFiles, ...after);
  const problems: Problem[] = [];
  for (const [corpId, own] of Map.groupBy(files, ([corpId]) => corpId)) {
    const ids = own.map(([, id]) => id);
    const parts = yield* queryRows(selectParts, corpId, Math.min(...ids), Math.max(...ids));
    const byFile = Map.groupBy(parts, ([, mediaId]) => mediaId);
    const measured = (id: number) => (byFile.get(id) ?? []).map(([, , part, bytes]) => ({ part, bytes }));
    const wrong = own.filter(([, id, size]) => measureParts(measured(id), false) !== size);
    problems.push(...wrong.map(([, id]) => describe('media', [corpId, id], 'the parts are not its bytes')));
  }
  const last = files.at(-1);
  return { last: last && [last[0], last[1]], problems };
}

function describe(table: string, row: readonly unknown[], wrong: string): Problem {
  return { check: 'media', table, row, wrong };
}
