import { useTexts } from '../texts/use-texts.ts';

/** Whether a page is connected to the event stream. */
export function LiveMark({ isLive }: { readonly isLive: boolean }) {
  const t = useTexts();
  return <span className={isLive ? 'live on' : 'live'}>{isLive ? t.message.live : t.message.connecting}</span>;
}
