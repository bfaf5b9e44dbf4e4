/** Which card: the id that its app has given it, and more if several apps or organizations have such a card. */
export type CardOptions = {
  readonly corpId?: string;
  readonly appKey?: string;
  /** The userId of the person who looks at it. Default: nobody, without private data. */
  readonly userId?: string;
};

/** An interactive card as a person sees it. */
export type Card = {
  readonly cardId: string;
  readonly outTrackId: string;
  /** Rises with each change. */
  readonly revision: number;
  readonly title: string;
  /** The variables of the template, joined into one text. */
  readonly markdown: string;
  /** http or https addresses, or mediaIds. */
  readonly pictures: readonly string[];
  readonly buttons: readonly {
    readonly actionId: string;
    readonly text: string;
    /** The address that it opens; null if a click is sent to the program. */
    readonly url: string | null;
    readonly disabled: boolean;
  }[];
  /** `growing`: the text is still being written. `failed`: its program has given up. */
  readonly streaming: 'none' | 'growing' | 'finished' | 'failed';
  /** The variables of the template, without private data. */
  readonly cardParamMap: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly updatedAt: number;
};

/** The result of a click. `delivered` is whether the program has answered within 2 seconds. */
export type CardClick = { readonly delivered: boolean; readonly card: Omit<Card, 'outTrackId' | 'cardParamMap'> };

/** A condition for a card: its lowest revision, the state of its text, a part of its text, or a function. */
export type CardCondition =
  | {
      readonly revision?: number;
      readonly streaming?: Card['streaming'];
      /** A part of the title or the Markdown, or an expression that one of them matches. */
      readonly text?: string | RegExp;
    }
  | ((card: Card) => boolean);

/** The interactive cards of an emulator. */
export type EmulatorCards = {
  /** Reads a card by its outTrackId. */
  read(outTrackId: string, options?: CardOptions): Promise<Card>;
  /**
   * Clicks a button as a person who has received the card. Any actionId is allowed, because a template may have buttons
   * that its variables do not name. `params` are sent in addition to those of the button.
   */
  click(
    outTrackId: string,
    userId: string,
    actionId: string,
    params?: Readonly<Record<string, unknown>>,
    options?: Omit<CardOptions, 'userId'>,
  ): Promise<CardClick>;
  /** Waits until a card exists and fulfills a condition (default: none). */
  waitFor(
    outTrackId: string,
    condition?: CardCondition,
    options?: CardOptions & { readonly timeout?: number | string; readonly signal?: AbortSignal },
  ): Promise<Card>;
};
