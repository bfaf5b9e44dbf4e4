import { Button } from 'antd';
import { type ReactNode, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { ConsoleMessageDetail } from '../../../src/client/answers.ts';
import { Speech, textsOf } from '../../inbox/texts.ts';
import '../../inbox/thread/message.css';
import '../../inbox/thread/media.css';
import { MediaSource } from '../../inbox/thread/media.tsx';
import { Body } from '../../inbox/thread/message.tsx';
import { createMediaUrl } from '../parts/media-url.ts';
import { indentJson } from '../parts/message-text.ts';
import { usePreferences } from '../preferences.ts';
import { useTexts } from '../texts/use-texts.ts';

type Props = {
  readonly message: Pick<ConsoleMessageDetail, 'corpId' | 'messageId' | 'msgKey' | 'msgParam' | 'recalledAt'>;
};

/** The content of a message, as recipients see it and as the JSON that was sent. */
export function MessageContent({ message }: Props) {
  const t = useTexts();
  const { corpId, messageId, msgKey, msgParam, recalledAt } = message;
  const source = useMemo(() => createMediaUrl(corpId), [corpId]);
  if (msgParam === null) return <p className="soft">{t.messages.recalledText}</p>;
  const shown = { messageId, msgKey, msgParam, recalled: recalledAt !== null };
  return (
    <>
      <AsInbox name={t.message.content}>
        <MediaSource value={source}>
          <Body message={shown} onFold={ignoreFold} />
        </MediaSource>
      </AsInbox>
      <details>
        <summary>{t.message.raw}</summary>
        <pre className="text" dir="auto">
          {indentJson(msgParam)}
        </pre>
      </details>
    </>
  );
}

type AsInboxProps = { readonly name: string; readonly children: ReactNode };

/** Shows something as the inbox does, in the language of the console. Long content is folded. */
export function AsInbox({ name, children }: AsInboxProps) {
  const { language } = usePreferences();
  const speech = useMemo(() => ({ t: textsOf[language], language }), [language]);
  return (
    <Speech value={speech}>
      <Folded name={name}>{children}</Folded>
    </Speech>
  );
}

/** The inbox uses fold events to detect reads; the console reports no reads. */
const ignoreFold = () => {};

/** Content higher than this many pixels is folded. */
const mostHeight = 420;

/** Shows the start of long content, and all of it after a click on the button or when the focus moves into it. */
function Folded({ name, children }: AsInboxProps) {
  const t = useTexts();
  const box = useRef<HTMLElement>(null);
  const [isLong, setLong] = useState(false);
  const [isWhole, setWhole] = useState(false);
  useLayoutEffect(() => setLong((box.current?.scrollHeight ?? 0) > mostHeight + 1), []);
  const isFolded = isLong && !isWhole;
  return (
    <>
      <section
        ref={box}
        className={isFolded ? 'message as-inbox folded' : 'message as-inbox'}
        aria-label={name}
        onFocus={() => setWhole(true)}
        {...(isFolded && { style: { maxHeight: mostHeight } })}
      >
        {children}
      </section>
      {isFolded && <Button onClick={() => setWhole(true)}>{t.message.whole}</Button>}
    </>
  );
}
