/** A body that is read as it arrives. */
export type BodyStream = AsyncIterable<Buffer>;

/** Who sends a body: the numbers of the organization and of the app, which is 0 on our own paths. */
export type Sender = { readonly corpId: number; readonly appId: number };
