import { ReloadOutlined } from '@ant-design/icons';
import { Alert, Button, Empty, Tag, Typography } from 'antd';
import { type ReactNode, useEffect } from 'react';
import { isolate } from '../../shared/isolate.ts';
import { useTexts } from '../texts/use-texts.ts';
import { wordsOf } from './error-words.ts';

type HeadProps = {
  readonly title: ReactNode;
  readonly name?: string;
  readonly hint?: ReactNode;
  readonly children?: ReactNode;
};

/** The head of a page: title, a sentence about the page, and buttons for its actions. Sets the document title, too. */
export function Head({ title, name, hint, children }: HeadProps) {
  const shown = name ?? (typeof title === 'string' ? title : '');
  useEffect(() => {
    document.title = `${isolate(shown)} · huizhi`;
  }, [shown]);
  return (
    <div className="head">
      <div>
        <h1>{title}</h1>
        {hint && <p>{hint}</p>}
      </div>
      {children && <div className="head-actions">{children}</div>}
    </div>
  );
}

/** Shows the message of a failed request, with a button to retry. */
export function Failure({ error, title, onRetry }: { error?: Error; title?: string; onRetry?: () => void }) {
  const t = useTexts();
  const text = title ?? (error && wordsOf(error, t)) ?? '';
  const action = onRetry && (
    <Button size="small" icon={<ReloadOutlined />} onClick={onRetry}>
      {t.retry}
    </Button>
  );
  return <Alert type="error" showIcon title={text} action={action} role="alert" />;
}

export function Nothing({ text, children }: { readonly text: string; readonly children?: ReactNode }) {
  return (
    <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={text}>
      {children}
    </Empty>
  );
}

/** A code with a copy button. `name` is part of the button's accessible name. */
export function Code({ name, children }: { readonly name: string; readonly children: string }) {
  const t = useTexts();
  const copyable = { text: children, tooltips: [`${t.copy} ${name}`, t.copied] };
  return (
    <Typography.Text code copyable={copyable} className="code">
      <bdi>{children}</bdi>
    </Typography.Text>
  );
}

const colours = { processing: 'processing', success: 'success', recalled: 'default', unknown: 'warning' } as const;

export function StatusTag({ status }: { readonly status: keyof typeof colours }) {
  const t = useTexts();
  return <Tag color={colours[status]}>{t.statuses[status]}</Tag>;
}

/** The number of readers out of the number of recipients, as a bar and as text. */
export function ReadShare({ read, of }: { readonly read: number; readonly of: number }) {
  const t = useTexts();
  const share = of === 0 ? 0 : read / of;
  return (
    <span className="share" title={t.readOf(read, of)}>
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect className="share-all" width="100" height="6" rx="3" />
        <rect className={share === 1 ? 'share-full' : 'share-read'} width={100 * share} height="6" rx="3" />
      </svg>
      <span>
        {read}/{of}
      </span>
    </span>
  );
}
