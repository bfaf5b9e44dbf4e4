/** A body that is read as it arrives. */
export type BodyStream = AsyncIterable<Buffer>;
