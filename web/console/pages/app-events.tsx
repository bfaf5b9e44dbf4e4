import { Checkbox } from 'antd';
import { useRef, useState } from 'react';
import type { StreamEventsAnswer } from '../../../src/client/answers.ts';
import { useLoaded } from '../data/load.ts';
import { appEvents, EventName } from '../parts/app-event.tsx';
import { Failure } from '../parts/common.tsx';
import { useFormChange } from '../parts/refusal.tsx';
import { useTexts } from '../texts/use-texts.ts';
import { Dropped } from './endpoints/progress.tsx';

type Props = { readonly appKey: string; readonly corpId: string };

/** The events of an organization that an app gets in Stream mode. */
export function AppEvents({ appKey, corpId }: Props) {
  const t = useTexts();
  const { change, refusal } = useFormChange();
  const path = `/console/v1/apps/${encodeURIComponent(appKey)}/events/${encodeURIComponent(corpId)}`;
  const { data, error, reload, replace } = useLoaded<StreamEventsAnswer>(path);
  // The choice while its request is pending; a further choice builds on it.
  const [chosen, setChosen] = useState<StreamEventsAnswer['types']>();
  const newest = useRef(0);
  const set = async (next: StreamEventsAnswer['types']) => {
    newest.current += 1;
    const number = newest.current;
    setChosen(next);
    const changed = await change<StreamEventsAnswer>('PUT', path, { types: next }, t.saved);
    if (number !== newest.current) return;
    if (changed) replace(changed);
    setChosen(undefined);
  };
  return (
    <section className="spaced">
      <div className="box-head">
        <h2>{t.stream.chosen}</h2>
      </div>
      <p className="soft spaced">{t.stream.chosenText}</p>
      {refusal}
      {error && <Failure error={error} onRetry={reload} />}
      {data && (
        <Checkbox.Group
          value={chosen ?? data.types}
          onChange={set}
          options={appEvents.map((value) => ({ value, label: <EventName type={value} /> }))}
        />
      )}
      {data && data.types.length > 0 && <p className="soft">{t.stream.counts(data.waiting ?? 0, data.failed ?? 0)}</p>}
      <Dropped count={data?.dropped ?? 0} />
    </section>
  );
}
