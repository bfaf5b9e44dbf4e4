import {
  type ChangeEvent,
  type ClipboardEvent,
  type KeyboardEvent,
  type ReactNode,
  useId,
  useRef,
  useState,
} from 'react';
import { flushSync } from 'react-dom';
import type { InboxMessage } from '../../../src/client/answers.ts';
import { useUnsaved } from '../../shared/unsaved.ts';
import { ClipIcon, CloseIcon, SendIcon } from '../icons.tsx';
import type { Draft } from '../state/outbox.ts';
import type { Conversation } from '../state/state.ts';
import type { Store } from '../state/store.ts';
import { useSpeech } from '../texts.ts';
import { summarize } from '../thread/content.ts';
import { acceptedIn, describeFile, mediaTypeOf, mostFileBytes } from './files.ts';
import { complete, findNamed, findTyped, type Mentionable } from './mentions.ts';
import { countBytes, type Part, removeMark, splitParts } from './parts.ts';
import { AddPictures, DraftPictures, usePictures } from './pictures.tsx';
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
export default function Compose({ conversation, store, quoted, onQuoteEnd }: Props) {
  const { t } = useSpeech();
  const [problem, setProblem] = useState('');
  const { mentionable, load } = useMentionable(conversation, store);
  const send = (draft: Omit<Draft, 'conversationId'>) => {
    setProblem('');
    const { body, ...rest } = draft;
    const quote = quoted ? { quotedMessageId: quoted.messageId } : {};
    store.send({ conversationId: conversation.conversationId, body: { ...body, ...quote }, ...rest });
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
        onParts={(parts) => send(toDraft(parts, mentionable))}
      >
        <Attach isShared={conversation.openConversationId !== null} onFile={send} onProblem={setProblem} />
      </TextForm>
      <p className="alert" role="alert">
        {problem}
      </p>
    </div>
  );
}

/** The message of a text, of a picture, or of texts and pictures. */
function toDraft(parts: readonly Part[], mentionable: readonly Mentionable[]): Omit<Draft, 'conversationId'> {
  const content = parts.filter((part) => typeof part === 'string').join('\n');
  const [first = ''] = parts;
  const isOne = parts.length === 1;
  if (isOne && typeof first !== 'string') return { body: { msgtype: 'picture' }, file: { data: first, type: 'image' } };
  const named = namesIn(mentionable, content);
  if (isOne) return { body: { msgtype: 'text', text: { content }, ...named } };
  return { body: { msgtype: 'richText', ...named }, parts };
}

type TextProps = {
  readonly label: string;
  readonly mentionable: readonly Mentionable[];
  /** The elements before the field. */
  readonly children: ReactNode;
  onFocus(): void;
  onParts(parts: readonly Part[]): void;
  onProblem(problem: string): void;
};

/** The field for a text, which may have pictures: Enter sends it, and Shift+Enter begins a line. */
function TextForm({ label, mentionable, children, onFocus, onParts, onProblem }: TextProps) {
  const { t } = useSpeech();
  const { text, clean, field, write } = useText();
  const { pictures, add, clear } = usePictures(text, onProblem);
  const suggestions = useSuggestions(mentionable, text);
  const submit = () => {
    if (text.trim() === '') return;
    const parts = splitParts(clean, pictures);
    if (countBytes(parts) > mostBytes) return onProblem(t.textTooLong);
    onParts(pictures.length === 0 ? [clean] : parts);
    write('');
    clear();
    suggestions.close();
  };
  const insert = (files: readonly File[]) => {
    const next = add(files, { text, cursor: field.current?.selectionStart ?? text.length });
    write(next.text, next.cursor);
  };
  const choose = (one: Mentionable) => {
    const typed = findTyped(text, field.current?.selectionStart ?? text.length);
    if (!typed) return;
    const next = complete(text, typed, one.name);
    suggestions.close();
    write(next.text, next.cursor);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (suggestions.onKey(event, choose)) return event.preventDefault();
    if (event.key !== 'Enter' || event.shiftKey) return;
    event.preventDefault();
    submit();
  };
  const onChange = ({ target }: ChangeEvent<HTMLTextAreaElement>) => {
    write(target.value);
    suggestions.typed(target.selectionStart);
  };
  const onPaste = (event: ClipboardEvent) => {
    const files = [...event.clipboardData.files];
    if (files.length === 0) return;
    event.preventDefault();
    insert(files);
  };
  return (
    <>
      <Suggestions suggestions={suggestions} onChoose={choose} />
      <DraftPictures pictures={pictures} onRemove={(mark) => write(removeMark(text, mark), text.indexOf(mark))} />
      <div className="compose-row">
        {children}
        <AddPictures onChoose={insert} />
        <textarea
          {...{ ref: field, rows: 1, dir: 'auto', value: text, placeholder: t.writeHint, onFocus, onChange }}
          {...{ onKeyDown, onPaste, 'aria-label': label, ...suggestions.fieldProps }}
        />
        <button type="button" className="round send" aria-label={t.send} disabled={text.trim() === ''} onClick={submit}>
          <SendIcon />
        </button>
      </div>
    </>
  );
}

/** The text of the field; `clean` is it in a form that can be stored. `write` changes it, and also moves the cursor and the focus if a position is given. */
function useText() {
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  useUnsaved(text !== '');
  const write = (next: string, cursor?: number) => {
    if (cursor === undefined) return setText(next);
    // The cursor can be moved only when the field has the text. It must not move after the next key.
    flushSync(() => setText(next));
    field.current?.focus();
    field.current?.setSelectionRange(cursor, cursor);
  };
  return { text, clean: text.toWellFormed().replaceAll('\0', ''), field, write };
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
