import type { ConsoleApp, PushAnswer } from '../../../../src/client/answers.ts';
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
import { appCall, pushCall } from './call.ts';
import { usePushFacts } from './facts.tsx';

/** The encrypted HTTP push of an app, with everything that was pushed. */
export default function Push({ id }: PageProps) {
  const t = useTexts();
  const loaded = useLoaded<ConsoleApp>(appCall(id));
  return (
    <>
      <Back to="/apps">{t.push.back}</Back>
      <Loadable of={loaded}>{({ corpId }) => <PushOf appKey={id} corpId={corpId} />}</Loadable>
    </>
  );
}

/** An app and its organization, which need not be the selected one. */
type AppProps = { readonly appKey: string; readonly corpId: string | null };

function PushOf(app: AppProps) {
  const t = useTexts();
  const loaded = useLoaded<PushAnswer>(pushCall(app.appKey));
  return (
    <Loadable of={loaded}>
      {(push) => (
        <>
          <Head title={t.push.titleOf(isolate(app.appKey))} hint={t.push.hint}>
            <PushActions {...app} push={push} onSaved={loaded.replace} onRemoved={loaded.reload} />
          </Head>
          {push.url === null ? (
            <Nothing text={t.push.nothing} />
          ) : (
            <PushDetail {...app} push={push} onChanged={loaded.reload} />
          )}
        </>
      )}
    </Loadable>
  );
}

type DetailProps = AppProps & { readonly push: PushAnswer; readonly onChanged: () => void };

function PushDetail({ appKey, corpId, push, onChanged }: DetailProps) {
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
        corpId={corpId}
        nameOf={appEventOf}
        onChanged={onChanged}
      />
    </>
  );
}

const noQuery = {};
