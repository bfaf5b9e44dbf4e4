import { Alert, Button } from 'antd';
import type { ComposeAnswer } from '../../../../src/client/answers.ts';
import { isolate } from '../../../shared/isolate.ts';
import { Link } from '../../route.tsx';
import { useTexts } from '../../texts/use-texts.ts';

type Props = { readonly answer: ComposeAnswer; readonly onAnother: () => void };

/** The messages of a send, each with a link to its readers, and those who did not get them. */
export function Result({ answer, onAnother }: Props) {
  const t = useTexts();
  const { messages, invalidUserIds, flowControlledUserIds, filteredUserIds } = answer;
  const skipped = [
    [t.compose.skipped.invalid, invalidUserIds],
    [t.compose.skipped.flowControlled, flowControlledUserIds],
    [t.compose.skipped.filtered, filteredUserIds],
  ] as const;
  return (
    <section className="box">
      <Alert
        className="spaced"
        type="success"
        showIcon
        role="status"
        title={messages.length === 1 ? t.compose.sent : t.compose.sentAs(messages.length)}
      />
      <ul className="tiles spaced">
        {messages.map(({ messageId }, index) => (
          <li key={messageId}>
            <Link to={`/messages/${encodeURIComponent(messageId)}`}>{t.compose.part(index + 1)}</Link>
          </li>
        ))}
      </ul>
      {skipped.map(
        ([label, userIds]) =>
          userIds.length > 0 && (
            <p className="spaced" key={label}>
              {`${label}: ${userIds.map((userId) => isolate(userId)).join(', ')}`}
            </p>
          ),
      )}
      <Button onClick={onAnother}>{t.compose.another}</Button>
    </section>
  );
}

/** Whether all recipients of a send get one message, so that its page says everything. */
export function isSimple({ messages, ...skipped }: ComposeAnswer): boolean {
  return messages.length === 1 && Object.values(skipped).every((userIds) => userIds.length === 0);
}
