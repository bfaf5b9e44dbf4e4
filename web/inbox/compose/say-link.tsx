import { useSpeech } from '../texts.ts';

/** A link that sends a text to the robot of its message. It shows that text. */
export function SayLink({
  text,
  title,
  say,
}: {
  readonly text: string;
  readonly title: string;
  say(text: string): void;
}) {
  const { t } = useSpeech();
  return (
    <button type="button" className="say-link" title={t.sends(text)} onClick={() => say(text)}>
      <bdi>{title}</bdi>
      {title.trim() !== text.trim() && (
        <small>
          {' '}
          <bdi>{text}</bdi>
        </small>
      )}
    </button>
  );
}
