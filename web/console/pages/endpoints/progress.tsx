import { Alert } from 'antd';
import { useFormat } from '../../parts/format.ts';
import { useTexts } from '../../texts/use-texts.ts';

/** Says that retention has removed events before they were sent; nothing if it has removed none. */
export function Dropped({ count }: { readonly count: number }) {
  const t = useTexts();
  const format = useFormat();
  if (count === 0) return null;
  return <Alert className="spaced" type="warning" showIcon title={t.endpoints.droppedText(format.number(count))} />;
}

/** The number up to which deliveries are counted. */
const mostCounted = 1000;

/** Returns a function that formats a number of deliveries. */
export function useCount(): (found: number) => string {
  const t = useTexts();
  const format = useFormat();
  return (found) => (found < mostCounted ? format.number(found) : t.endpoints.many(format.number(mostCounted)));
}
