/** A send. `name` is unique, and part of its content. */
export type Sent = {
  readonly name: string;
  readonly key: string;
  readonly userIds: readonly string[];
  recall: 'no' | 'tried' | 'acknowledged';
  /** Whether a later process has been checked for it. */
  verified: boolean;
};

/** A send whose outcome is unknown. */
export type Unsure = { readonly name: string; readonly userIds: readonly string[]; readonly idempotent: boolean };

/** What the server has acknowledged or shown, and therefore must never lose. */
export type Ledger = {
  readonly sent: Map<string, Sent>;
  readonly unsure: Map<string, Unsure>;
  /** By user and name: reads that were acknowledged. */
  readonly read: Set<string>;
  /** By user and name: the time of a read as first observed, in epoch milliseconds. */
  readonly readAt: Map<string, number>;
  /** Names of messages by their messageId. */
  readonly nameOf: Map<string, string>;
  /** Failures while the server ran; expected to be empty. */
  readonly complaints: string[];
  acknowledged: number;
};

export function createLedger(): Ledger {
  return {
    sent: new Map(),
    unsure: new Map(),
    read: new Set(),
    readAt: new Map(),
    nameOf: new Map(),
    complaints: [],
    acknowledged: 0,
  };
}

/** A message of an inbox. */
export type Listed = { readonly messageId: string; readonly msgParam: string | null; readonly readAt: number | null };

/** Records what a user's inbox shows, and a finding if a time has changed. */
export function learn(ledger: Ledger, user: string, { messageId, msgParam, readAt }: Listed): string | undefined {
  if (msgParam !== null) ledger.nameOf.set(messageId, (JSON.parse(msgParam) as { content: string }).content);
  const name = ledger.nameOf.get(messageId);
  if (name === undefined || readAt === null) return name;
  const known = ledger.readAt.get(`${user} ${name}`);
  if (known !== undefined && known !== readAt)
    ledger.complaints.push(`${user} read ${name} at ${known}, then at ${readAt}`);
  if (known === undefined) doubt(ledger, name);
  ledger.readAt.set(`${user} ${name}`, readAt);
  return name;
}

/** Records that a message has changed, so that the next process is checked for it. */
export function doubt({ sent }: Ledger, name: string | undefined): void {
  const message = sent.get(name ?? '');
  if (message) message.verified = false;
}

/** Numbers from 0 to 1, the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
