/** Whether a change was acknowledged or only requested. A requested change is either made or not, but never in part. */
export type Certainty = 'tried' | 'acknowledged';

/** A send. Its name is its content, and is unique. */
export type Send = {
  readonly name: string;
  readonly userIds: readonly string[];
  /** Whether it carries an idempotency key, so that it can be repeated. */
  readonly repeatable: boolean;
  /** The processQueryKey, once the send is acknowledged. */
  key: string | undefined;
  recall: Certainty | undefined;
};

/** A user that the console creates, renames and removes. */
export type Person = {
  /** The names that the user may have now; null stands for a user that does not exist. */
  states: readonly (string | null)[];
  /** Changes by certainty; each writes one entry into the audit log. */
  acknowledged: number;
  tried: number;
};

/**
 * What is wrong: an acknowledged change is missing, something occurs more often than it was requested, something does
 * not end, or a change was made in part.
 */
export type Wrong = 'lost' | 'doubled' | 'stuck' | 'partial';

export type Finding = { readonly wrong: Wrong; readonly what: string };

/** Every acknowledgement of one installation, and every request without an answer. */
export type Ledger = {
  readonly sends: Map<string, Send>;
  /** By `readKey()`. */
  readonly reads: Map<string, Certainty>;
  /** By `readKey()`: the time of a read as first observed, in epoch milliseconds. */
  readonly readAt: Map<string, number>;
  readonly people: Map<string, Person>;
  /** Names of sends by the messageId that inboxes and the console use. */
  readonly nameOf: Map<string, string>;
  /** Contradictions observed while the load ran. */
  readonly findings: Finding[];
  readonly acknowledged: { sends: number; reads: number; recalls: number; changes: number };
  /** Answers other than 200, by status and code. */
  readonly refused: Map<string, number>;
};

export function createLedger(): Ledger {
  return {
    sends: new Map(),
    reads: new Map(),
    readAt: new Map(),
    people: new Map(),
    nameOf: new Map(),
    findings: [],
    acknowledged: { sends: 0, reads: 0, recalls: 0, changes: 0 },
    refused: new Map(),
  };
}

export const readKey = (userId: string, name: string) => `${userId} ${name}`;

/** Records the name of a message from its content, which is null after a recall. */
export function learnName({ nameOf }: Ledger, messageId: string, msgParam: string | null): string | undefined {
  if (msgParam !== null) nameOf.set(messageId, (JSON.parse(msgParam) as { content: string }).content);
  return nameOf.get(messageId);
}

/** Records a change of a user before it is requested: from now on both states are accepted. */
export function tryChange(person: Person, state: string | null): void {
  person.states = [...person.states, state];
  person.tried++;
}

/** Records that the last change of a user was acknowledged: from now on only its state is accepted. */
export function acknowledgeChange(person: Person): void {
  person.states = person.states.slice(-1);
  person.tried--;
  person.acknowledged++;
}
