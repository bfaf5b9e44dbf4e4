import type { ConsoleEndpoint } from '../../../../src/client/answers.ts';
import { useLoaded } from '../../data/load.ts';
import { Allowed } from '../../parts/allowed.tsx';
import { Back } from '../../parts/back.tsx';
import { Code, Head } from '../../parts/common.tsx';
import { CorpNeeded } from '../../parts/corp-needed.tsx';
import { type Fact, Facts } from '../../parts/facts.tsx';
import { useFormat } from '../../parts/format.ts';
import { Loadable } from '../../parts/lists/loadable.tsx';
import { Time } from '../../parts/time.tsx';
import type { PageProps } from '../../route.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { EndpointActions } from './actions.tsx';
import { Deliveries } from './deliveries.tsx';
import { Dropped, useCount } from './progress.tsx';
import { EndpointState, endpointCall } from './state.tsx';

/** One endpoint with what was sent to it. */
export default function Endpoint({ id }: PageProps) {
  const t = useTexts();
  return (
    <>
      <Back to="/endpoints">{t.endpoints.back}</Back>
      <CorpNeeded title={t.pages.endpoints}>{(corpId) => <EndpointOf corpId={corpId} id={id} />}</CorpNeeded>
    </>
  );
}

function EndpointOf({ corpId, id }: { readonly corpId: string; readonly id: string }) {
  const loaded = useLoaded<ConsoleEndpoint>(endpointCall(corpId, id));
  return (
    <Loadable of={loaded}>
      {(endpoint) => (
        <>
          <Head title={<bdi>{endpoint.url}</bdi>} name={endpoint.url} hint={<EndpointState endpoint={endpoint} />}>
            <Allowed right="endpoints.change">
              <EndpointActions corpId={corpId} endpoint={endpoint} onChanged={loaded.replace} />
            </Allowed>
          </Head>
          <Dropped count={endpoint.dropped} />
          <EndpointFacts endpoint={endpoint} />
          <Deliveries
            path={`/console/v1/endpoints/${encodeURIComponent(id)}/deliveries`}
            query={{ corpId }}
            version={endpoint}
            right="endpoints.change"
            corpId={corpId}
            onChanged={loaded.reload}
          />
        </>
      )}
    </Loadable>
  );
}

function EndpointFacts({ endpoint }: { readonly endpoint: ConsoleEndpoint }) {
  const t = useTexts();
  const format = useFormat();
  const count = useCount();
  const { types, position, waiting, failed, dropped, oldSecretUntil, description, endpointId } = endpoint;
  const facts: readonly Fact[] = [
    [t.endpoints.types, types?.join(', ') ?? t.endpoints.allTypes],
    [t.endpoints.position, format.number(position)],
    [t.endpoints.waiting, count(waiting)],
    [t.endpoints.failed, count(failed)],
    ...(dropped === 0 ? [] : [[t.endpoints.dropped, format.number(dropped)] as const]),
    ...(oldSecretUntil === null ? [] : [[t.endpoints.oldSecretUntil, <Time key="old" at={oldSecretUntil} />] as const]),
    ...(description === '' ? [] : [[t.endpoints.description, <bdi key="text">{description}</bdi>] as const]),
    [
      'endpointId',
      <Code key="id" name="endpointId">
        {endpointId}
      </Code>,
      'wide',
    ],
  ];
  return <Facts facts={facts} />;
}
