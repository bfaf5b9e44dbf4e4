import { partBytes } from '../../store/media.ts';
import type { Media } from '../../store/model.ts';
import type { Context } from '../context.ts';

/**
 * Reads bytes of a file, from the offset `start` to `end` at most, both included: those in the part that contains
 * `start`. Throws if the file was deleted meanwhile.
 */
export async function readMediaBytes({ store }: Context, { corpId, id }: Media, start: number, end: number) {
  const part = Math.floor(start / partBytes);
  const data = await store.media.part(corpId, id, part);
  if (!data) throw new Error('the file was deleted while it was read');
  const offset = part * partBytes;
  return data.subarray(start - offset, Math.min(data.length, end + 1 - offset));
}
