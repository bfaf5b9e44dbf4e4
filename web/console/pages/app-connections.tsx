import type { StreamConnectionsAnswer } from '../../../src/client/answers.ts';
import { useLoaded } from '../data/load.ts';
import { Failure } from '../parts/common.tsx';
import { useFormat } from '../parts/format.ts';
import { useTexts } from '../preferences.ts';

type Subscription = StreamConnectionsAnswer['connections'][number]['subscriptions'][number];

/** The open Stream connections of an app. */
export function AppConnections({ appKey }: { readonly appKey: string }) {
  const t = useTexts();
  const format = useFormat();
  const path = `/console/v1/apps/${encodeURIComponent(appKey)}/connections`;
  const { data, error, reload } = useLoaded<StreamConnectionsAnswer>(path);
  const nameOf = ({ type, topic }: Subscription) => (type === 'EVENT' ? t.stream.events : topic);
  return (
    <section>
      <div className="box-head">
        <h2>{t.stream.title}</h2>
      </div>
      {error && <Failure error={error} onRetry={reload} />}
      {data?.connections.length === 0 && <p className="soft spaced">{t.stream.nothing}</p>}
      {data?.connections.map(({ connectionId, client, subscriptions, openedAt }) => (
        <p key={connectionId} className="spaced">
          <bdi>{client || t.stream.unknown}</bdi>
          <br />
          <small className="soft">{format.time(openedAt)}</small>
          {subscriptions
            .filter(({ type }) => type !== 'SYSTEM')
            .map((one) => (
              <small key={`${one.type} ${one.topic}`} className="soft">
                <br />
                <bdi>{nameOf(one)}</bdi>
              </small>
            ))}
        </p>
      ))}
    </section>
  );
}
