import { useFormat } from './format.ts';

/** A time in the language of the page, with milliseconds and time zone in its tooltip. */
export function Time({ at }: { readonly at: number | null }) {
  const format = useFormat();
  if (at === null) return <span className="number">–</span>;
  return (
    <time className="number" dateTime={new Date(at).toISOString()} title={format.exact(at)}>
      {format.time(at)}
    </time>
  );
}
