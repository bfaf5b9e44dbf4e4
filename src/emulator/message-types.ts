/** An accepted send of a robot, or of an app with `/chat/send`. */
export type SentMessage = {
  /** For a message of an app its messageId. */
  readonly processQueryKey: string;
  /** Empty for a message of an app. */
  readonly robotCode: string;
  /** For a message of an app that of the inbox, such as `noticeText`. */
  readonly msgKey: string;
  /** The parsed msgParam; for a message of an app the object that is named like its msgtype. */
  readonly msgParam: Readonly<Record<string, unknown>>;
  /**
   * The users who get the message, without invalid, flow-controlled and filtered ones. Empty for a message to a
   * conversation.
   */
  readonly userIds: readonly string[];
  /** The conversation it was sent to; absent for a message to users. */
  readonly openConversationId?: string;
  /** The chatid of the group to which an app has sent. */
  readonly chatId?: string;
  /** Epoch milliseconds, by the emulator's clock. */
  readonly sentAt: number;
  readonly requestId: string;
};

/** Selects a message: all given members must match. `text` is searched in all string values of msgParam. */
export type MessageFilter =
  | {
      readonly robotCode?: string;
      readonly userId?: string;
      readonly msgKey?: string;
      readonly text?: string | RegExp;
    }
  | ((message: SentMessage) => boolean);
