import { useContext, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { SayContext } from '../../compose/actions.ts';
import { sayTextOf } from '../../compose/say-links.ts';
import { useSpeech } from '../../texts.ts';
import { blockPictures, PictureRule } from '../pictures.ts';
import { renderMarkdown, showSayLinks } from './markdown.ts';

type MarkdownProps = {
  readonly text: string;
  /** Puts the rendered nodes into the box; by default they replace what is there. */
  readonly place?: (box: Element, content: Node) => void;
};

const replaceContent = (box: Element, content: Node) => box.replaceChildren(content);

/** Sanitised Markdown, inserted as DOM nodes; or plain text if the Markdown exceeds a limit. */
export function Markdown({ text, place = replaceContent }: MarkdownProps) {
  const { t } = useSpeech();
  const box = useRef<HTMLDivElement>(null);
  const rule = useContext(PictureRule);
  const say = useContext(SayContext);
  const canSay = say !== undefined;
  const content = useMemo(() => {
    const rendered = renderMarkdown(text);
    if (rendered) showSayLinks(rendered, canSay);
    if (rendered && rule === 'block') blockPictures(rendered, t.pictureBlocked);
    return rendered;
  }, [text, rule, t, canSay]);
  useLayoutEffect(() => {
    if (content && box.current) place(box.current, content.cloneNode(true));
  }, [content, place]);
  useEffect(() => {
    const element = box.current;
    const onClick = (event: Event) => {
      const button = event.target instanceof Element ? event.target.closest('button[value]') : null;
      const text = sayTextOf(button?.getAttribute('value') ?? undefined);
      if (text !== undefined) say?.(text);
    };
    element?.addEventListener('click', onClick);
    return () => element?.removeEventListener('click', onClick);
  }, [say]);
  if (content) return <div className="markdown" ref={box} />;
  return <PlainText text={text} note={t.asPlainText} />;
}

/** Plain text is truncated to this many characters. */
const mostPlain = 30_000;

/** A text as it is, truncated, with a note why it is not shown otherwise. */
export function PlainText({ text, note }: { readonly text: string; readonly note: string }) {
  return (
    <>
      <p className="plain" dir="auto">
        {text.length > mostPlain ? `${text.slice(0, mostPlain)}…` : text}
      </p>
      <p className="hint">{note}</p>
    </>
  );
}
