/** A body that is read as it arrives. */
export type BodyStream = AsyncIterable<Buffer>;

/**
 * Who sends a body: the numbers of the organization, of the app, which is 0 on our own paths, and of the person, if it is
 * one.
 */
export type Sender = { readonly corpId: number; readonly appId: number; readonly userId?: number };
