import type { PushAnswer } from '../../../../src/client/answers.ts';
import { EventName } from '../../parts/app-event.tsx';
import { Code } from '../../parts/common.tsx';
import type { Fact } from '../../parts/facts.tsx';
import { Time } from '../../parts/time.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { useCount } from '../endpoints/progress.tsx';

/** The facts about a push that has an address. */
export function usePushFacts(push: PushAnswer): readonly Fact[] {
  const t = useTexts();
  const count = useCount();
  const { url, types, ownerKey, oldKeysUntil, waiting, failed } = push;
  return [
    [t.push.url, <bdi key="url">{url}</bdi>, 'wide'],
    [t.push.types, <EventNames key="types" types={types} />, 'wide'],
    [t.endpoints.waiting, count(waiting ?? 0)],
    [t.endpoints.failed, count(failed ?? 0)],
    ...(oldKeysUntil === null ? [] : [[t.push.oldKeysUntil, <Time key="old" at={oldKeysUntil} />] as const]),
    ...(ownerKey === null
      ? []
      : [
          [
            t.push.owner,
            <Code key="owner" name="ownerKey">
              {ownerKey}
            </Code>,
            'wide',
          ] as const,
        ]),
  ];
}

function EventNames({ types }: Pick<PushAnswer, 'types'>) {
  return (
    <>
      {types.map((type) => (
        <div key={type}>
          <EventName type={type} />
        </div>
      ))}
    </>
  );
}
