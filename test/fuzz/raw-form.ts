import type { Draft } from './draft.ts';
import type { Random } from './random.ts';

/** Bytes for a connection of their own. */
export type RawForm = {
  readonly kind: string;
  /** What is written, one piece after the other. */
  readonly pieces: readonly Buffer[];
  /**
   * `next`: a last good request follows, which closes the connection; `half`: our side ends; `reset`: the connection
   * breaks.
   */
  readonly end: 'next' | 'half' | 'reset';
};

type Made = Omit<RawForm, 'kind'>;

/** Makes a form of a valid request. */
export type Form = { readonly kind: string; make(draft: Draft, random: Random): Made };

/** Pieces after which the connection can take another request. */
export function next(...pieces: readonly (Buffer | string)[]): Made {
  return { pieces: pieces.map(toBytes), end: 'next' };
}

/** Pieces that may leave the server in the middle of a request. */
export function half(...pieces: readonly (Buffer | string)[]): Made {
  return { pieces: pieces.map(toBytes), end: 'half' };
}

function toBytes(piece: Buffer | string): Buffer {
  return typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece;
}
