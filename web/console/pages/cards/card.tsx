import type { ConsoleCardAnswer } from '../../../../src/client/answers.ts';
import { Back } from '../../parts/back.tsx';
import { Head } from '../../parts/common.tsx';
import { useCorps } from '../../parts/corp.tsx';
import { Loadable } from '../../parts/lists/loadable.tsx';
import { headingOf } from '../../parts/message-text.ts';
import { Time } from '../../parts/time.tsx';
import { Link, type PageProps } from '../../route.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { CardContent, CardFacts, useCard } from './content.tsx';

/** One card with its present content, and where it was delivered. */
export default function Card({ id }: PageProps) {
  const t = useTexts();
  const { corpId } = useCorps();
  const loaded = useCard(corpId, id);
  return (
    <>
      <Back to="/cards">{t.cards.back}</Back>
      {corpId && <Loadable of={loaded}>{(card) => <Shown corpId={corpId} card={card} />}</Loadable>}
    </>
  );
}

function Shown({ corpId, card }: { readonly corpId: string; readonly card: ConsoleCardAnswer }) {
  const t = useTexts();
  const title = headingOf(card.title) || t.cards.untitled;
  return (
    <>
      <Head title={<bdi>{title}</bdi>} name={title} />
      <CardContent corpId={corpId} card={card} />
      <CardFacts card={card} />
      <Deliveries deliveries={card.deliveries} />
    </>
  );
}

/** The messages that show the card, with who has read them. */
function Deliveries({ deliveries }: Pick<ConsoleCardAnswer, 'deliveries'>) {
  const t = useTexts();
  return (
    <section className="box">
      <h2>{t.cards.deliveries}</h2>
      {deliveries.length === 0 && <p className="soft">{t.cards.undelivered}</p>}
      <ul className="tiles one">
        {deliveries.map(({ messageId, spaceType, robotCode, sentAt }) => (
          <li key={messageId}>
            <span className="main-cell">
              <Link to={`/messages/${encodeURIComponent(messageId)}`}>{t.cards.spaces[spaceType]}</Link>
              <small>
                <bdi>{robotCode}</bdi> · <Time at={sentAt} />
              </small>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
