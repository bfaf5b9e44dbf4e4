import type { ConsoleCardsAnswer } from '../../../../src/client/answers.ts';
import { useList } from '../../data/list.ts';
import { Head, Nothing } from '../../parts/common.tsx';
import { useCorps } from '../../parts/corp.tsx';
import { useFormat } from '../../parts/format.ts';
import { type Column, List } from '../../parts/lists/list.tsx';
import { TwoLines } from '../../parts/lists/two-lines.tsx';
import { Time } from '../../parts/time.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { CardState } from './content.tsx';

type Row = ConsoleCardsAnswer['cards'][number];

/** The interactive cards of an organization. */
export default function Cards() {
  const t = useTexts();
  const { corpId } = useCorps();
  return (
    <>
      <Head title={t.pages.cards} hint={t.cards.hint} />
      {corpId && <Found corpId={corpId} />}
    </>
  );
}

function Found({ corpId }: { readonly corpId: string }) {
  const t = useTexts();
  const format = useFormat();
  const query = new URLSearchParams({ corpId });
  const list = useList<Row, ConsoleCardsAnswer>(`/console/v1/cards?${query}`, (page) => page.cards);
  const columns: readonly Column<Row>[] = [
    {
      key: 'card',
      title: t.cards.card,
      cell: ({ cardId, title, outTrackId }) => (
        <TwoLines first={title || t.cards.untitled} second={outTrackId} to={`/cards/${encodeURIComponent(cardId)}`} />
      ),
    },
    {
      key: 'template',
      title: t.cards.template,
      from: 'xl',
      cell: ({ cardTemplateId, appKey }) => <TwoLines first={cardTemplateId} second={appKey} />,
    },
    {
      key: 'text',
      title: t.cards.text,
      width: 140,
      from: 'md',
      cell: ({ streaming }) => <CardState streaming={streaming} />,
    },
    { key: 'revision', title: t.cards.revision, width: 110, cell: ({ revision }) => format.number(revision) },
    { key: 'updatedAt', title: t.cards.updatedAt, width: 190, cell: ({ updatedAt }) => <Time at={updatedAt} /> },
  ];
  return (
    <List
      name={t.pages.cards}
      list={list}
      columns={columns}
      keyOf={({ cardId }) => cardId}
      empty={<Nothing text={t.cards.nothing} />}
    />
  );
}
