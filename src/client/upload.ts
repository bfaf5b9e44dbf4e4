import { createAnswerReader } from './answer.ts';
import type { Caller } from './call.ts';
import { anything, aSignal, aString, checkMembers, filledString, type Rules } from './check.ts';

/** Options of an upload. */
export type UploadOptions = {
  /** The content of the file. */
  readonly data: Blob | Uint8Array<ArrayBuffer> | ArrayBuffer;
  /** Decides which formats and sizes the server accepts, and in which messages the file can be used. */
  readonly type: 'image' | 'voice' | 'video' | 'file';
  /** The name of the file; default: the type. */
  readonly name?: string;
  /** Aborts the call and its waits; the call rejects with the signal's reason. */
  readonly signal?: AbortSignal;
};

/** An uploaded file. */
export type UploadedMedia = {
  /** Identifies the file in messages of this organization. */
  readonly mediaId: string;
  /** Epoch milliseconds, by the server's clock. */
  readonly createdAt: number;
};

const rules: Rules<keyof UploadOptions> = { data: anything, type: filledString, name: aString, signal: aSignal };

/**
 * Uploads a file. Rejects with an ApiError whose code is the `errcode` of the vendor's old host.
 * https://open.dingtalk.com/document/development/upload-media-files
 */
export async function upload(caller: Caller, options: UploadOptions): Promise<UploadedMedia> {
  checkMembers('upload', options, rules);
  const { data, type, name = type, signal } = options;
  const form = new FormData();
  form.set('type', type);
  form.set('media', data instanceof Blob ? data : new Blob([data]), name);
  const answer = await caller.call({ method: 'POST', path: '/media/upload', form, signal }, false);
  const reader = createAnswerReader('media/upload', answer);
  const mediaId = reader.text('media_id');
  if (mediaId === '') throw reader.invalid('an empty media_id');
  return { mediaId, createdAt: reader.number('created_at') ?? answer.time };
}
