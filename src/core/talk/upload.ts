import { huizhiError } from '../../wire/errors.ts';
import { maxSpeeches } from '../../wire/limits.ts';
import { isMediaType, largestMedia, maxMediaBytes } from '../../wire/vendor/media.ts';
import type { Context } from '../context.ts';
import { type Media, startUpload } from '../media/upload.ts';
import { tooManyInMinute } from './minute.ts';

/** A file that a person uploads to send it. `length` is its announced length in bytes. */
export type OwnFile = {
  readonly type: string;
  readonly name: string;
  readonly length: string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
};

/**
 * Stores a file that a person uploads, while it arrives. It counts as a message for the limit of messages in a minute.
 * Nothing of a refused file is kept, nor counted.
 *
 * @throws WireError `huizhi.tooManyRequests`, `huizhi.tooLarge`; OldHostError as for an upload of an app
 */
export async function uploadOwn(
  context: Context,
  { corpId, userId }: { readonly corpId: number; readonly userId: number },
  { type, name, length, body }: OwnFile,
): Promise<Media> {
  const limit = isMediaType(type) ? maxMediaBytes[type] : largestMedia;
  if (Number(length ?? 0) > limit) throw huizhiError('huizhi.tooLarge', `the limit of the file is ${limit} bytes`);
  const now = context.clock.now();
  if (await context.store.talk.isSpent(corpId, 'user', userId, now, maxSpeeches))
    throw tooManyInMinute(`${maxSpeeches} messages and files`, now);
  const upload = startUpload(context, corpId);
  try {
    upload.expect(type);
    for await (const chunk of body) {
      upload.write(chunk);
      await upload.ready();
    }
    const media = await upload.finish(name);
    await context.store.talk.count(corpId, 'user', userId, now, maxSpeeches);
    return media;
  } catch (error) {
    await upload.abort();
    throw error;
  }
}
