import type { Context } from '../../../core/context.ts';
import { type Media, missing, startUpload, type Upload } from '../../../core/media/upload.ts';
import { OldHostError } from '../../../wire/error-table/errcode.ts';
import { WireError } from '../../../wire/errors.ts';
import { isMediaType, largestMedia, maxMediaBytes } from '../../../wire/vendor/media.ts';
import type { BodyStream } from './body-stream.ts';
import { FormError, isMultipart, readForm } from './form.ts';

/** A request whose body is a form with a file. */
export type MediaForm = {
  readonly contentType: string | undefined;
  readonly contentLength: string | undefined;
  /** The type in the query; one in the form replaces it. */
  readonly type: string | undefined;
  /** Streams the body, up to a number of bytes. */
  stream(limit: number): BodyStream;
};

/** Bytes of a form besides its file. */
const overhead = 64 * 1024;

/**
 * Stores the file of a form while it arrives. The form has the file as `media`, and its type as `type` before or after
 * it. Rejects with an OldHostError; then nothing of the file is kept.
 */
export async function receiveMedia(context: Context, corpId: number, form: MediaForm): Promise<Media> {
  const { contentType, type } = form;
  if (contentType === undefined || !isMultipart(contentType))
    throw new OldHostError(43008, `the content type is ${contentType?.slice(0, 100)}, not multipart/form-data`);
  const upload = startUpload(context, corpId);
  try {
    if (type !== undefined) upload.expect(type);
    checkLength(form);
    const name = await readFile(form, contentType, upload);
    if (name === undefined) throw new OldHostError(40035, 'the form has no file media', missing('media'));
    return await upload.finish(name);
  } catch (error) {
    await upload.abort();
    throw toRefusal(error);
  }
}

/** Reads the form and resolves with the name of its file, or undefined if it has none. */
async function readFile(form: MediaForm, contentType: string, upload: Upload): Promise<string | undefined> {
  let name: string | undefined;
  await readForm(form.stream(largestMedia + overhead), contentType, {
    field(field, value) {
      if (field === 'type') upload.expect(value);
    },
    file(field, fileName = '') {
      if (field !== 'media') return undefined;
      if (name !== undefined) throw new OldHostError(40035, 'the form has two files media');
      name = fileName;
      return upload.write;
    },
    ready: upload.ready,
  });
  return name;
}

/** Refuses a file that is too large by its announced length, before any of it is read. */
function checkLength({ contentLength, type }: MediaForm): void {
  const limit = type !== undefined && isMediaType(type) ? maxMediaBytes[type] : largestMedia;
  if (Number(contentLength ?? 0) > limit + overhead)
    throw new OldHostError(40006, `the body has ${contentLength} bytes, and the limit of the file is ${limit}`);
}

function toRefusal(error: unknown): unknown {
  if (error instanceof FormError) return new OldHostError(40035, error.message, { cause: error.cause });
  if (error instanceof WireError && error.code === 'huizhi.tooLarge') return new OldHostError(40006, error.why);
  return error;
}
