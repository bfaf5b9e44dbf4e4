import { PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import type { ConsoleEndpoint, EndpointsAnswer, NewEndpoint } from '../../../../src/client/answers.ts';
import { useList } from '../../data/list.ts';
import { Allowed } from '../../parts/allowed.tsx';
import { Head, Nothing } from '../../parts/common.tsx';
import { CorpNeeded } from '../../parts/corp-needed.tsx';
import { useFormat } from '../../parts/format.ts';
import { type Column, List } from '../../parts/lists/list.tsx';
import { TwoLines } from '../../parts/lists/two-lines.tsx';
import { navigate } from '../../route.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { EndpointForm } from './form.tsx';
import { EndpointSecret } from './secret.tsx';
import { EndpointState, endpointPath } from './state.tsx';

/** The endpoints of an organization, which get its events as webhooks. */
export default function Endpoints() {
  const t = useTexts();
  return <CorpNeeded title={t.pages.endpoints}>{(corpId) => <EndpointsOf corpId={corpId} />}</CorpNeeded>;
}

function EndpointsOf({ corpId }: { readonly corpId: string }) {
  const t = useTexts();
  const path = `/console/v1/endpoints?${new URLSearchParams({ corpId })}`;
  const list = useList<ConsoleEndpoint, EndpointsAnswer>(path, (page) => page.endpoints);
  const [isNew, setNew] = useState(false);
  const [made, setMade] = useState<NewEndpoint>();
  return (
    <>
      <Head title={t.pages.endpoints} hint={t.endpoints.hint}>
        <Allowed right="endpoints.change">
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setNew(true)}>
            {t.endpoints.add}
          </Button>
        </Allowed>
      </Head>
      <List
        name={t.pages.endpoints}
        list={list}
        columns={useColumns()}
        keyOf={({ endpointId }) => endpointId}
        empty={<Nothing text={t.endpoints.nothing} />}
      />
      {isNew && (
        <EndpointForm
          corpId={corpId}
          onClose={() => setNew(false)}
          onSaved={(endpoint) => 'secret' in endpoint && setMade(endpoint)}
        />
      )}
      {made && <EndpointSecret secret={made.secret} onClose={() => navigate(endpointPath(made.endpointId))} />}
    </>
  );
}

function useColumns(): readonly Column<ConsoleEndpoint>[] {
  const t = useTexts();
  const format = useFormat();
  return [
    {
      key: 'url',
      title: t.endpoints.url,
      cell: ({ url, description, endpointId }) => (
        <TwoLines first={url} second={description || endpointId} to={endpointPath(endpointId)} />
      ),
    },
    {
      key: 'types',
      title: t.endpoints.types,
      width: 240,
      from: 'lg',
      cell: ({ types }) => <span className="one-line soft">{types?.join(', ') ?? t.endpoints.allTypes}</span>,
    },
    {
      key: 'waiting',
      title: t.endpoints.waiting,
      width: 130,
      from: 'md',
      cell: ({ waiting }) => <span className="number">{format.number(waiting)}</span>,
    },
    {
      key: 'failed',
      title: t.endpoints.failed,
      width: 100,
      cell: ({ failed }) => <span className="number">{format.number(failed)}</span>,
    },
    { key: 'state', title: t.endpoints.state, width: 130, cell: (endpoint) => <EndpointState endpoint={endpoint} /> },
  ];
}
