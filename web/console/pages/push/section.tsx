import type { PushAnswer } from '../../../../src/client/answers.ts';
import { useLoaded } from '../../data/load.ts';
import { Failure } from '../../parts/common.tsx';
import { FactList } from '../../parts/facts.tsx';
import { Link } from '../../route.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { Dropped } from '../endpoints/progress.tsx';
import { PushActions } from './actions.tsx';
import { pushCall, pushPath } from './call.ts';
import { usePushFacts } from './facts.tsx';

/** The encrypted HTTP push of events, in the drawer of an internal app. */
export function AppPush({ appKey, corpId }: { readonly appKey: string; readonly corpId: string }) {
  const t = useTexts();
  const { data, error, reload, replace } = useLoaded<PushAnswer>(pushCall(appKey));
  return (
    <section className="spaced">
      <div className="box-head">
        <h2>{t.push.title}</h2>
        {data && data.url !== null && <Link to={pushPath(appKey)}>{t.push.show}</Link>}
      </div>
      <p className="soft spaced">{t.push.hint}</p>
      {error && <Failure error={error} onRetry={reload} />}
      {data?.url === null && <p className="soft spaced">{t.push.nothing}</p>}
      {data && data.url !== null && <PushState push={data} />}
      {data && (
        <div className="head-actions">
          <PushActions appKey={appKey} corpId={corpId} push={data} onSaved={replace} onRemoved={reload} />
        </div>
      )}
    </section>
  );
}

function PushState({ push }: { readonly push: PushAnswer }) {
  const facts = usePushFacts(push);
  return (
    <div className="spaced">
      <Dropped count={push.dropped ?? 0} />
      <FactList facts={facts} />
    </div>
  );
}
