/** An event of an organization, as endpoints get it. Times are those of the emulator's clock. */
export type EmulatorEvent = {
  readonly type: 'message.sent' | 'message.delivered' | 'receipt.read' | 'receipt.recalled';
  /** ISO 8601 in UTC. */
  readonly timestamp: string;
  /** Numbers of an organization begin at 1 and have no gaps. */
  readonly number: number;
  readonly data: {
    readonly corpId: string;
    readonly messageId: string;
    readonly processQueryKey: string;
    readonly robotCode: string;
    /** Null for a message to users. */
    readonly openConversationId: string | null;
    /** Epoch milliseconds. */
    readonly sentAt: number;
    /** Who has read, when and how; only in `receipt.read`. */
    readonly userId?: string;
    readonly name?: string;
    readonly readAt?: number;
    readonly manner?: 'seen' | 'mark' | null;
  };
};

/** Selects an event: all given members must match. */
export type EventFilter =
  | {
      readonly type?: EmulatorEvent['type'];
      readonly userId?: string;
      readonly processQueryKey?: string;
      readonly robotCode?: string;
      /** Default: any organization. */
      readonly corpId?: string;
    }
  | ((event: EmulatorEvent) => boolean);
