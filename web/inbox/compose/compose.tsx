import { type ChangeEvent, type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import type { InboxMessage } from '../../../src/client/answers.ts';
import { ClipIcon, CloseIcon, SendIcon } from '../icons.tsx';
import type { Draft } from '../state/outbox.ts';
import type { Conversation } from '../state/state.ts';
import type { Store } from '../state/store.ts';
import { useSpeech } from '../texts.ts';
import { summarize } from '../thread/content.ts';
import { acceptedIn, describeFile, mediaTypeOf } from './files.ts';
import { complete, findNamed, findTyped, type Mentionable } from './mentions.ts';
import { Suggestions, useMentionable, useSuggestions } from './suggestions.tsx';

type Props = {
  readonly conversation: Conversation;
  readonly store: Store;
  readonly quoted: InboxMessage | undefined;
  onQuoteEnd(): void;
};

/** The longest text that can be written, in bytes of UTF-8. */
const mostBytes = 19_900;

/** The box in which people write to a robot or in a conversation. */
export function Compose({ conversation, store, quoted, onQuoteEnd }: Props) {
  const { t } = useSpeech();
  const [problem, setProblem] = useState('');
  const { mentionable, load } = useMentionable(conversation, store);
  const send = (draft: Omit<Draft, 'conversationId'>) => {
    setProblem('');
    const { body, ...file } = draft;
    const quote = quoted ? { quotedMessageId: quoted.messageId } : {};
    store.send({ conversationId: conversation.conversationId, body: { ...body, ...quote }, ...file });
    onQuoteEnd();
  };
  return (
    <div className="compose">
      {quoted && <QuoteChip message={quoted} onRemove={onQuoteEnd} />}
      <TextForm
        label={t.writeTo(conversation.title)}
        mentionable={mentionable}
        onFocus={load}
        onProblem={setProblem}
        onText={(content) => {
          const named = namesIn(mentionable, content);
          send({ body: { msgtype: 'text', text: { content }, ...named } });
        }}
      >
        <Attach isShared={conversation.openConversationId !== null} onFile={send} onProblem={setProblem} />
      </TextForm>
      <p className="alert" role="alert">
        {problem}
      </p>
    </div>
  );
}

type TextProps = {
  readonly label: string;
  readonly mentionable: readonly Mentionable[];
  /** What is before the field. */
  readonly children: ReactNode;
  onFocus(): void;
  onText(content: string): void;
  onProblem(problem: string): void;
};

/** The field for a text: Enter sends it, and Shift+Enter begins a line. */
function TextForm({ label, mentionable, children, onFocus, onText, onProblem }: TextProps) {
  const { t } = useSpeech();
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const suggestions = useSuggestions(mentionable, text);
  const submit = () => {
    if (text.trim() === '') return;
    if (new TextEncoder().encode(text).length > mostBytes) return onProblem(t.textTooLong);
    onText(text.toWellFormed().replaceAll('\0', ''));
    setText('');
    suggestions.close();
  };
  const choose = (one: Mentionable) => {
    const typed = findTyped(text, field.current?.selectionStart ?? text.length);
    if (!typed) return;
    const next = complete(text, typed, one.name);
    suggestions.close();
    // The cursor can be moved only when the field has the text. It must not move after the next key.
    flushSync(() => setText(next.text));
    field.current?.focus();
    field.current?.setSelectionRange(next.cursor, next.cursor);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (suggestions.onKey(event, choose)) return event.preventDefault();
    if (event.key !== 'Enter' || event.shiftKey) return;
    event.preventDefault();
    submit();
  };
  const onChange = ({ target }: ChangeEvent<HTMLTextAreaElement>) => {
    setText(target.value);
    suggestions.typed(target.selectionStart);
  };
  return (
    <>
      <Suggestions suggestions={suggestions} onChoose={choose} />
      <div className="compose-row">
        {children}
        <textarea
          {...{ ref: field, rows: 1, dir: 'auto', value: text, placeholder: t.writeHint, onFocus, onChange }}
          aria-label={label}
          {...suggestions.fieldProps}
          onKeyDown={onKey}
        />
        <button type="button" className="round send" aria-label={t.send} disabled={text.trim() === ''} onClick={submit}>
          <SendIcon />
        </button>
      </div>
    </>
  );
}

function namesIn(mentionable: readonly Mentionable[], text: string) {
  const { atRobotCodes, atUserIds } = findNamed(mentionable, text);
  return {
    ...(atRobotCodes.length > 0 && { atRobotCodes }),
    ...(atUserIds.length > 0 && { atUserIds }),
  };
}

function QuoteChip({ message, onRemove }: { readonly message: InboxMessage; onRemove(): void }) {
  const { t } = useSpeech();
  return (
    <p className="quote-chip">
      <span dir="auto">{t.arrived(message.sender.name, summarize(message, t))}</span>
      <button type="button" className="round small" aria-label={t.endQuote} onClick={onRemove}>
        <CloseIcon />
      </button>
    </p>
  );
}

type AttachProps = {
  readonly isShared: boolean;
  onFile(draft: Omit<Draft, 'conversationId'>): void;
  onProblem(problem: string): void;
};

/** The largest file that the server takes, in bytes. */
const mostFileBytes = 20 * 1024 * 1024;

/** A button that chooses a file, which is sent at once. */
function Attach({ isShared, onFile, onProblem }: AttachProps) {
  const { t } = useSpeech();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const onChange = async (event: ChangeEvent<HTMLInputElement>) => {
    const [data] = event.target.files ?? [];
    event.target.value = '';
    if (!data) return;
    const type = mediaTypeOf(data);
    if (isShared && type !== 'image') return onProblem(t.onlyPictures);
    if (data.size === 0 || data.size > mostFileBytes) return onProblem(t.fileTooLarge);
    const body = await describeFile(data, type);
    onFile({ body, file: { data, type } });
  };
  return (
    <>
      <button type="button" className="round" aria-label={t.attach} onClick={() => input.current?.click()}>
        <ClipIcon />
      </button>
      <input
        ref={input}
        id={id}
        type="file"
        className="unseen"
        tabIndex={-1}
        aria-label={t.chooseFile}
        accept={acceptedIn(isShared)}
        onChange={onChange}
      />
    </>
  );
}
