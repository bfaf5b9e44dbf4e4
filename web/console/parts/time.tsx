import { useFormat } from './format.ts';

/** A time as people write it; to the millisecond and with its zone for those who point at it. */
export function Time({ at }: { readonly at: number | null }) {
  const format = useFormat();
  if (at === null) return <span className="number">–</span>;
  return (
    <time className="number" dateTime={new Date(at).toISOString()} title={format.exact(at)}>
      {format.time(at)}
    </time>
  );
}
