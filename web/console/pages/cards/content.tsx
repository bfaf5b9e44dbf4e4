import { Tag } from 'antd';
import { useEffect, useMemo } from 'react';
import type { ConsoleCardAnswer } from '../../../../src/client/answers.ts';
import { CardView } from '../../../inbox/cards/view.tsx';
import { MediaMessage, MediaSource } from '../../../inbox/thread/media.tsx';
import { Boundary } from '../../../shared/boundary.tsx';
import { type Loaded, useLoaded } from '../../data/load.ts';
import { Code } from '../../parts/common.tsx';
import { type Fact, Facts } from '../../parts/facts.tsx';
import { useFormat } from '../../parts/format.ts';
import { createMediaUrl } from '../../parts/media-url.ts';
import { indentJson } from '../../parts/message-text.ts';
import { Time } from '../../parts/time.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { AsInbox } from '../message-content.tsx';

/** Milliseconds after which a card whose text is being written is loaded again. */
const pace = 2000;

/** Loads a card, and loads it again while its text is being written. */
export function useCard(corpId: string | undefined, cardId: string): Loaded<ConsoleCardAnswer> {
  const query = corpId && new URLSearchParams({ corpId });
  const loaded = useLoaded<ConsoleCardAnswer>(query && `/console/v1/cards/${encodeURIComponent(cardId)}?${query}`);
  const { data, reload } = loaded;
  const isGrowing = data?.streaming === 'growing';
  useEffect(() => {
    if (!isGrowing) return;
    const timer = window.setInterval(reload, pace);
    return () => window.clearInterval(timer);
  }, [isGrowing, reload]);
  return loaded;
}

type Props = { readonly corpId: string; readonly card: ConsoleCardAnswer };

/** The present content of a card as people see it, and its variables. */
export function CardContent({ corpId, card }: Props) {
  const t = useTexts();
  const source = useMemo(() => createMediaUrl(corpId), [corpId]);
  return (
    <section className="box">
      <Boundary resetOn={card}>
        <AsInbox name={t.message.content}>
          <MediaSource value={source}>
            <MediaMessage value={card.cardId}>
              <CardView card={card} />
            </MediaMessage>
          </MediaSource>
        </AsInbox>
      </Boundary>
      <p className="soft">{t.cards.everybody}</p>
      <details>
        <summary>{t.cards.variables}</summary>
        <pre className="text" dir="auto">
          {indentJson(JSON.stringify(card.cardParamMap))}
        </pre>
      </details>
    </section>
  );
}

const stateColors = { none: 'default', growing: 'processing', finished: 'success', failed: 'error' } as const;

/** Whether the text of a card is complete. */
export function CardState({ streaming }: Pick<ConsoleCardAnswer, 'streaming'>) {
  const t = useTexts();
  return <Tag color={stateColors[streaming]}>{t.cards.states[streaming]}</Tag>;
}

/** How a card was made and how often it has changed. */
export function CardFacts({ card }: Pick<Props, 'card'>) {
  const t = useTexts();
  const format = useFormat();
  const facts: readonly Fact[] = [
    [t.cards.text, <CardState key="state" streaming={card.streaming} />],
    [t.cards.revision, format.number(card.revision)],
    [t.cards.clicks, t.cards.callbacks[card.callbackType ?? 'none']],
    [t.cards.createdAt, <Time key="created" at={card.createdAt} />],
    [t.cards.updatedAt, <Time key="updated" at={card.updatedAt} />],
    [t.cards.template, <bdi key="template">{card.cardTemplateId}</bdi>],
    [
      'outTrackId',
      <Code key="track" name="outTrackId">
        {card.outTrackId}
      </Code>,
      'wide',
    ],
  ];
  return <Facts facts={facts} />;
}
