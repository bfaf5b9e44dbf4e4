import { ReloadOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import type { StreamConnectionsAnswer } from '../../../src/client/answers.ts';
import { useLoaded } from '../data/load.ts';
import { Failure } from '../parts/common.tsx';
import { useFormat } from '../parts/format.ts';
import { useTexts } from '../texts/use-texts.ts';

type Connection = StreamConnectionsAnswer['connections'][number];
type Subscription = Connection['subscriptions'][number];

/** The open Stream connections of an app. */
export function AppConnections({ appKey }: { readonly appKey: string }) {
  const t = useTexts();
  const path = `/console/v1/apps/${encodeURIComponent(appKey)}/connections`;
  const { data, error, reload } = useLoaded<StreamConnectionsAnswer>(path);
  return (
    <section>
      <div className="box-head">
        <h2>{t.stream.title}</h2>
        <Button icon={<ReloadOutlined />} onClick={reload}>
          {t.stream.reload}
        </Button>
      </div>
      {error && <Failure error={error} onRetry={reload} />}
      {data?.connections.length === 0 && <p className="soft spaced">{t.stream.nothing}</p>}
      {data?.connections.map((connection) => (
        <OneConnection key={connection.connectionId} connection={connection} />
      ))}
    </section>
  );
}

const topicNames = { '/v1.0/im/bot/messages/get': 'robots', '/v1.0/card/instances/callback': 'cards' } as const;

const isKnown = (topic: string): topic is keyof typeof topicNames => Object.hasOwn(topicNames, topic);

function OneConnection({
  connection: { client, subscriptions, openedAt, process },
}: {
  readonly connection: Connection;
}) {
  const t = useTexts();
  const format = useFormat();
  const nameOf = ({ type, topic }: Subscription) => {
    if (type === 'EVENT') return t.stream.events;
    return isKnown(topic) ? t.stream[topicNames[topic]] : topic;
  };
  return (
    <p className="spaced">
      <bdi>{client || t.stream.unknown}</bdi>
      <br />
      <small className="soft">
        {t.stream.since(format.time(openedAt))}
        {process !== null && ` · ${t.stream.process(format.number(process))}`}
      </small>
      {subscriptions
        .filter(({ type }) => type !== 'SYSTEM')
        .map((one) => (
          <small key={`${one.type} ${one.topic}`} className="soft">
            <br />
            <bdi title={one.topic}>{nameOf(one)}</bdi>
          </small>
        ))}
    </p>
  );
}
