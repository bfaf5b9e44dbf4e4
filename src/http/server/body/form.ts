import type { BusboyHeaders } from '@fastify/busboy';
import type { BodyStream } from './body-stream.ts';

/** What a reader of a form does with its parts, in the order in which they arrive. */
export type FormReader = {
  field(name: string, value: string): void;
  /** Begins a file. Each of its chunks is passed to the function that this returns; undefined ignores the file. */
  file(name: string, fileName: string | undefined): ((data: Buffer) => void) | undefined;
  /** Resolves when more of the body may be read. */
  ready(): Promise<void>;
};

/** The body is not a form, or it is broken or ends too early. */
export class FormError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FormError';
  }
}

/** Limits of a form that is not a file: each ends the form with a FormError. */
const limits = {
  fieldNameSize: 200,
  fieldSize: 4096,
  fields: 16,
  files: 8,
  parts: 24,
  headerPairs: 32,
  headerSize: 2048,
};

/** Bytes that are parsed at a time. */
const step = 64 * 1024;

/** Whether a body is announced as a form with files. */
export function isMultipart(contentType: string | undefined): boolean {
  return /^multipart\/form-data\s*(?:;|$)/i.test(contentType ?? '');
}

/**
 * Reads a form with files (multipart/form-data) from a stream. Rejects with a FormError for a body that is not such a
 * form, and with what the reader or the stream throws. The library is loaded with the first form.
 */
export async function readForm(body: BodyStream, contentType: string, reader: FormReader): Promise<void> {
  const parser = await createParser(contentType);
  const state: State = { failure: undefined, file: undefined };
  const attempt = (work: () => void) => {
    if (state.failure !== undefined) return;
    try {
      work();
    } catch (error) {
      state.failure = error;
    }
  };
  const fail = (error: unknown) => attempt(() => rethrow(error));
  const { promise: done, resolve } = Promise.withResolvers<void>();
  parser.on('field', (name, value, _, isCut) =>
    attempt(() => (isCut ? rethrow(new FormError(`the field ${name} is too long`)) : reader.field(name, value))),
  );
  parser.on('file', (name, stream, fileName) => {
    let take: ((data: Buffer) => void) | undefined;
    state.file = stream;
    attempt(() => {
      take = reader.file(name, fileName);
    });
    stream.on('error', () => fail(new FormError('the form ends in the middle of a file')));
    stream.on('data', (data: Buffer) => attempt(() => take?.(data)));
  });
  for (const event of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const)
    parser.on(event, () => fail(new FormError('the form has too many parts')));
  parser.on('error', (cause: unknown) => {
    fail(new FormError('the form cannot be read', { cause }));
    resolve();
  });
  parser.on('finish', resolve);
  for await (const chunk of body) {
    for (let at = 0; at < chunk.length; at += step) {
      await write(parser, chunk.subarray(at, at + step), done);
      await passOn(state);
      await reader.ready();
      if (state.failure !== undefined) throw state.failure;
    }
  }
  parser.end();
  await done;
  if (state.failure !== undefined) throw state.failure;
}

type State = { failure: unknown; file: { readonly readableLength: number } | undefined };

/** Resolves when the file has passed on its bytes: the memory of the chunk is freed after that. */
async function passOn(state: State): Promise<void> {
  while (state.file && state.file.readableLength > 0) await new Promise((resolve) => setImmediate(resolve));
}

type Parser = Awaited<ReturnType<typeof createParser>>;

async function createParser(contentType: string) {
  const { Busboy } = await import('@fastify/busboy');
  try {
    return new Busboy({
      headers: { 'content-type': contentType } satisfies BusboyHeaders,
      limits,
      // Some clients send the file without a name.
      isPartAFile: (name, _, fileName) => fileName !== undefined || name === 'media',
      preservePath: true,
      highWaterMark: step,
      fileHwm: 2 * step,
    });
  } catch (cause) {
    throw new FormError('the content type names no boundary', { cause });
  }
}

/** Resolves when the parser has passed on all parts in a chunk, or has ended. */
function write(parser: Parser, chunk: Buffer, done: Promise<void>): Promise<void> {
  if (!parser.writable) return Promise.resolve();
  return Promise.race([new Promise<void>((resolve) => void parser.write(chunk, () => resolve())), done]);
}

function rethrow(error: unknown): never {
  throw error;
}
