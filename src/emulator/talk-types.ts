/** Where and how a person writes with `say`. */
export type SayOptions = {
  /** The robot to which they write (default: `robotCode`); with `openConversationId`, a robot that the message names. */
  readonly robotCode?: string;
  /** The conversation in which they write; a group or a conversation of two. */
  readonly openConversationId?: string;
  /** Default: the organization of `robotCode`. */
  readonly corpId?: string;
  /** Members whom the message names. */
  readonly atUserIds?: readonly string[];
  /** The `messageId` of a message in the same conversation that it quotes. */
  readonly quotedMessageId?: string;
};

/** A message that is more than a text. `mediaId` is that of `upload`, and `duration` is in milliseconds. */
export type SayContent =
  | { readonly msgtype: 'text'; readonly text: { readonly content: string } }
  | {
      readonly msgtype: 'richText';
      readonly richText: readonly ({ readonly text: string } | { readonly mediaId: string })[];
    }
  | { readonly msgtype: 'picture'; readonly mediaId: string }
  | { readonly msgtype: 'audio'; readonly mediaId: string; readonly duration?: number; readonly recognition?: string }
  | { readonly msgtype: 'video'; readonly mediaId: string; readonly duration?: number }
  | { readonly msgtype: 'file'; readonly mediaId: string; readonly fileName?: string };

/** A message that a person has written. */
export type Said = {
  /** The id in the inbox. */
  readonly messageId: string;
  /** The id that robots get. */
  readonly msgId: string;
  /** The id of the conversation in the inbox. */
  readonly conversationId: string;
  /** Epoch milliseconds. */
  readonly sentAt: number;
  /**
   * The robots to which it was written. `stream`: a program listens in Stream mode; `http`: it is posted to the address
   * of the app; `none`: nobody gets it.
   */
  readonly robots: readonly {
    readonly robotCode: string;
    readonly robotName: string;
    readonly reach: 'stream' | 'http' | 'none';
  }[];
};

/** Selects replies; all members that are given must match. */
export type ReplyFilter = {
  /** Whose inbox is watched. Default: the person of the last `say`. */
  readonly userId?: string;
  readonly corpId?: string;
  readonly robotCode?: string;
  /** A part of a text of the message, or an expression that a text must match. */
  readonly text?: string | RegExp;
};

/** A message of a robot as a person sees it. */
export type Reply = {
  readonly messageId: string;
  readonly conversationId: string;
  readonly robotCode: string;
  readonly robotName: string;
  readonly msgKey: string;
  readonly msgParam: Readonly<Record<string, unknown>>;
  /** Epoch milliseconds. */
  readonly sentAt: number;
};
