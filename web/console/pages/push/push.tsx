import type { PushAnswer } from '../../../../src/client/answers.ts';
import { isolate } from '../../../shared/isolate.ts';
import { useLoaded } from '../../data/load.ts';
import { appEventOf } from '../../parts/app-event.tsx';
import { Back } from '../../parts/back.tsx';
import { Head, Nothing } from '../../parts/common.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Loadable } from '../../parts/lists/loadable.tsx';
import type { PageProps } from '../../route.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { Deliveries } from '../endpoints/deliveries.tsx';
import { Dropped } from '../endpoints/progress.tsx';
import { PushActions } from './actions.tsx';
import { pushCall } from './call.ts';
import { usePushFacts } from './facts.tsx';

/** The encrypted HTTP push of an app, with everything that was pushed. */
export default function Push({ id }: PageProps) {
  const t = useTexts();
  const loaded = useLoaded<PushAnswer>(pushCall(id));
  return (
    <>
      <Back to="/apps">{t.push.back}</Back>
      <Loadable of={loaded}>
        {(push) => (
          <>
            <Head title={t.push.titleOf(isolate(id))} hint={t.push.hint}>
              <PushActions appKey={id} push={push} onSaved={loaded.replace} onRemoved={loaded.reload} />
            </Head>
            {push.url === null ? (
              <Nothing text={t.push.nothing} />
            ) : (
              <PushDetail appKey={id} push={push} onChanged={loaded.reload} />
            )}
          </>
        )}
      </Loadable>
    </>
  );
}

type DetailProps = { readonly appKey: string; readonly push: PushAnswer; readonly onChanged: () => void };

function PushDetail({ appKey, push, onChanged }: DetailProps) {
  const facts = usePushFacts(push);
  return (
    <>
      <Dropped count={push.dropped ?? 0} />
      <Facts facts={facts} />
      <Deliveries
        path={pushCall(appKey, '/deliveries')}
        query={noQuery}
        version={push}
        right="apps.change"
        nameOf={appEventOf}
        onChanged={onChanged}
      />
    </>
  );
}

const noQuery = {};
