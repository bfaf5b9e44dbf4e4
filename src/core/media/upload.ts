import { type MediaFacts, type MediaPart, type MediaUpload, partBytes, type Stored } from '../../store/media.ts';
import type { Media } from '../../store/model.ts';
import { OldHostError } from '../../wire/error-table/errcode.ts';
import { cleanFileName, isMediaType, largestMedia, type MediaType, maxMediaBytes } from '../../wire/vendor/media.ts';
import type { Context } from '../context.ts';
import { type Detected, detectFormat } from './detect.ts';

export type { Media } from '../../store/model.ts';

/** The error for a file without bytes. The vendor has one code for all wrong sizes; our own calls distinguish it. */
export class EmptyFileError extends OldHostError {
  constructor() {
    super(40006, 'the file is empty');
  }
}

/**
 * A file that is being uploaded. Its methods throw an OldHostError: 40004 for an unknown type, 40005 for a format that
 * the type does not accept, 40006 for a wrong size, and -1 if the organization has no space left.
 */
export type Upload = {
  /** Sets the type. Without it, the limits are those of the largest type. */
  expect(type: string): void;
  /** Takes the next bytes. They are copied, so the caller may reuse the memory. */
  write(data: Uint8Array): void;
  /** Resolves when the next bytes may be written. At most two blocks of the file are in memory. */
  ready(): Promise<void>;
  /** Stores the file under a name, and resolves when it is durable. */
  finish(name: string): Promise<Media>;
  /** Ends the upload. Nothing of it is kept. */
  abort(): Promise<void>;
};

/** Bytes that are stored in one transaction: two parts, which take about two milliseconds on SQLite. */
const blockBytes = 2 * partBytes;

/** 24 bytes, so that nobody can guess a media_id. */
const idBytes = 24;

type State = {
  readonly corpId: number;
  /** The number and media_id of the file; undefined before its first bytes are stored. */
  upload: MediaUpload | undefined;
  type: MediaType | undefined;
  /** The block that is being filled, allocated with the first bytes, and how many bytes of it are used. */
  block: Buffer;
  used: number;
  /** Another block that is free; undefined while it is being stored. */
  spare: Buffer | undefined;
  /** The number of the first part in the block. */
  part: number;
  size: number;
  detected: Detected | undefined;
  /** The block that is being stored. */
  storing: Promise<void>;
};

/** Stands for a block that has no bytes yet: an upload that waits for its turn takes no memory. */
const noBlock = Buffer.alloc(0);

/** Starts an upload to an organization. */
export function startUpload(context: Context, corpId: number): Upload {
  const state: State = {
    corpId,
    upload: undefined,
    type: undefined,
    block: noBlock,
    used: 0,
    spare: undefined,
    part: 0,
    size: 0,
    detected: undefined,
    storing: Promise.resolve(),
  };
  return {
    expect(type) {
      state.type = parseType(type);
      checkSize(state);
      if (state.detected) findMime(state, state.detected);
    },
    write(data) {
      state.size += data.length;
      checkSize(state);
      copyToBlocks(state, data, (block, part, before) => storeBlock(context, state, block, part, before));
    },
    async ready() {
      // A file of a wrong format is refused before any of it is stored.
      if (state.detected === undefined && state.used >= partBytes)
        await detect(state, state.block.subarray(0, state.used));
      // Blocks are stored while the next one is filled.
      if (state.used > blockBytes / 2) await state.storing;
    },
    finish: (name) => finishUpload(context, state, name),
    async abort() {
      await state.storing.catch(() => {});
      if (state.upload) await context.store.media.abort(state.upload);
    },
  };
}

/** Returns the number and media_id of a file. A file that is refused before anything is stored uses up neither. */
async function identify(context: Context, state: State): Promise<MediaUpload> {
  if (state.upload) return state.upload;
  const id = await context.store.number('media');
  const code = `@${Buffer.from(context.randomBytes(idBytes)).toString('base64url')}`;
  state.upload = { corpId: state.corpId, id, code };
  return state.upload;
}

/** Copies bytes into the blocks of an upload, and passes each full block to `store`. */
function copyToBlocks(
  state: State,
  data: Uint8Array,
  store: (block: Buffer, part: number, before: Promise<void>) => Promise<void>,
): void {
  for (let at = 0; at < data.length; ) {
    // A full block waits for the next byte, because the last part is stored together with the facts.
    if (state.used === blockBytes) {
      state.storing = store(state.block, state.part, state.storing);
      state.part += blockBytes / partBytes;
      // `ready` and `finish` report the error.
      state.storing.catch(() => {});
      state.block = state.spare ?? Buffer.allocUnsafeSlow(blockBytes);
      state.spare = undefined;
      state.used = 0;
    }
    if (state.block === noBlock) state.block = Buffer.allocUnsafeSlow(blockBytes);
    const piece = data.subarray(at, at + blockBytes - state.used);
    state.block.set(piece, state.used);
    state.used += piece.length;
    at += piece.length;
  }
}

async function storeBlock(
  context: Context,
  state: State,
  block: Buffer,
  part: number,
  before: Promise<void>,
): Promise<void> {
  await before;
  if (state.detected === undefined) await detect(state, block);
  const { store, options } = context;
  const upload = await identify(context, state);
  checkStored(await store.media.append(upload, splitBlock(block, part), options.mediaQuota));
  state.spare = block;
}

/** Returns the parts in a block; `part` is the number of the first one. */
function splitBlock(block: Buffer, part: number): readonly MediaPart[] {
  const parts: MediaPart[] = [];
  for (let at = 0; at < block.length; at += partBytes)
    parts.push({ part: part + at / partBytes, data: block.subarray(at, at + partBytes) });
  return parts;
}

async function finishUpload(context: Context, state: State, name: string): Promise<Media> {
  const { store, clock, options } = context;
  await state.storing;
  const { type, size, part } = state;
  if (type === undefined) throw new OldHostError(40035, 'the form has no type', missing('type'));
  if (size === 0) throw new EmptyFileError();
  const data = state.block.subarray(0, state.used);
  const detected = state.detected ?? (await detect(state, data));
  const createdAt = clock.now();
  const facts: MediaFacts = { type, name: cleanFileName(name, type), mime: findMime(state, detected), createdAt };
  const upload = await identify(context, state);
  checkStored(await store.media.complete(upload, splitBlock(data, part), facts, options.mediaQuota));
  return { ...upload, ...facts, size, usedAt: createdAt };
}

/** The details of an error for an absent parameter, which has a text of its own. */
export function missing(name: string): { readonly errmsg: string } {
  return { errmsg: `缺少参数 ${name}` };
}

function parseType(type: string): MediaType {
  if (isMediaType(type)) return type;
  throw new OldHostError(40004, `there is no type ${type.slice(0, 100)}`);
}

function checkSize({ type, size }: State): void {
  const limit = type === undefined ? largestMedia : maxMediaBytes[type];
  if (size > limit) throw new OldHostError(40006, `the file has more than ${limit} bytes`);
}

async function detect(state: State, head: Uint8Array): Promise<Detected> {
  const detected = await detectFormat(head);
  if (Object.keys(detected).length === 0) throw new OldHostError(40005, 'no type accepts the format of the file');
  if (state.type) findMime(state, detected);
  state.detected = detected;
  return detected;
}

function findMime({ type = 'file' }: State, detected: Detected): string {
  const mime = detected[type];
  if (mime !== undefined) return mime;
  throw new OldHostError(40005, `the file is not of a format that ${type} accepts`);
}

function checkStored(stored: Stored): void {
  if (stored === 'stored') return;
  const why = stored === 'full' ? 'the organization has no space left for media' : 'the upload was ended by a reset';
  throw new OldHostError(-1, why);
}
