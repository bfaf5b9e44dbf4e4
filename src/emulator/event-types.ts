/** An event of an organization, as endpoints get it. Times are those of the emulator's clock. */
export type EmulatorEvent = {
  readonly type:
    | 'message.sent'
    | 'message.delivered'
    | 'receipt.read'
    | 'receipt.recalled'
    | 'group.members_added'
    | 'group.members_removed'
    | 'group.member_left'
    | 'group.renamed'
    | 'group.owner_changed'
    | 'group.disbanded'
    | 'user.added'
    | 'user.changed'
    | 'user.removed'
    | 'department.created'
    | 'department.changed'
    | 'department.removed';
  /** ISO 8601 in UTC. */
  readonly timestamp: string;
  /** Numbers of an organization begin at 1 and have no gaps. */
  readonly number: number;
  readonly data: {
    readonly corpId: string;
    /** The message; in `message.*` and `receipt.*`, as are the next two and `sentAt`. */
    readonly messageId?: string;
    readonly processQueryKey?: string;
    readonly robotCode?: string;
    /** Of a message or of a group; null for a message to users. */
    readonly openConversationId?: string | null;
    /** Epoch milliseconds. */
    readonly sentAt?: number;
    /** When and how somebody has read; only in `receipt.read`. */
    readonly readAt?: number;
    readonly manner?: 'seen' | 'mark' | null;
    /** Who has read; or the user who was added, changed or removed. */
    readonly userId?: string;
    /** The name of that user, or of the department. */
    readonly name?: string;
    /** The group; in `group.*`. */
    readonly chatId?: string;
    readonly title?: string;
    /** Who was added or removed, or has left, at most 1,000; or the new owner. */
    readonly userIds?: readonly string[];
    readonly owner?: string;
    /** The department, and the one above it, null for the root department; in `department.*`. */
    readonly deptId?: number;
    readonly parentId?: number | null;
  };
};

/** Selects an event: all given members must match. */
export type EventFilter =
  | {
      readonly type?: EmulatorEvent['type'];
      /** Also one of the members who were added or removed, or have left. */
      readonly userId?: string;
      readonly openConversationId?: string;
      readonly deptId?: number;
      readonly processQueryKey?: string;
      readonly robotCode?: string;
      /** Default: any organization. */
      readonly corpId?: string;
    }
  | ((event: EmulatorEvent) => boolean);
