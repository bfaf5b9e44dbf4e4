import { Button } from 'antd';
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import type { ConsoleMessageDetail } from '../../../src/client/answers.ts';
import { Speech, textsOf } from '../../inbox/texts.ts';
import '../../inbox/thread/message.css';
import { Body } from '../../inbox/thread/message.tsx';
import { indented } from '../parts/message-text.ts';
import { usePreferences, useTexts } from '../preferences.ts';

type Props = { readonly message: ConsoleMessageDetail };

/** What a message says, as its recipients see it, and as the sender wrote it. */
export function MessageContent({ message }: Props) {
  const t = useTexts();
  const { language } = usePreferences();
  const { messageId, robotCode, robotName, msgKey, msgParam, sentAt, recalledAt } = message;
  if (msgParam === null) return <p className="soft">{t.messages.recalledText}</p>;
  const recalled = recalledAt !== null;
  const shown = { messageId, robotCode, robotName, msgKey, msgParam, sentAt, readAt: null, recalled };
  return (
    <>
      <Speech value={{ t: textsOf[language], language }}>
        <Folded name={t.message.content}>
          <Body message={shown} onFold={ignoreFold} />
        </Folded>
      </Speech>
      <details>
        <summary>{t.message.raw}</summary>
        <pre className="text" dir="auto">
          {indented(msgParam)}
        </pre>
      </details>
    </>
  );
}

/** A console does not report reading, so it need not know what is folded. */
const ignoreFold = () => {};

/** What is higher than this is folded, in pixels. */
const mostHeight = 420;

/** Shows the beginning of something long, and the rest when it is wanted or when the focus goes there. */
function Folded({ name, children }: { readonly name: string; readonly children: ReactNode }) {
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
