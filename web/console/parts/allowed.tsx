import { LockOutlined } from '@ant-design/icons';
import { Alert, ConfigProvider, Result } from 'antd';
import type { ReactNode } from 'react';
import type { ConsoleRight } from '../../../src/client/answers.ts';
import { useSession } from '../session.tsx';
import { useTexts } from '../texts/use-texts.ts';
import { useCorps } from './corp.tsx';

/**
 * Tells whether the operator has a right in an organization; if none is given, in the selected one. Null is all of them:
 * what belongs to no organization needs the right in all.
 */
export function useCan(): (right: ConsoleRight, corpId?: string | null) => boolean {
  const { has } = useSession();
  const { corpId: selected } = useCorps();
  return (right, corpId = selected) => has(right, corpId);
}

type Props = {
  readonly right: ConsoleRight;
  /** Where the right is needed, as for `useCan`. */
  readonly corpId?: string | null | undefined;
  readonly children: ReactNode;
};

/** Shows what needs a right only to operators who have it. */
export function Allowed({ right, corpId, children }: Props) {
  return useCan()(right, corpId) && children;
}

/**
 * Fields and switches that show their values to everybody, and can be changed only with a right. What only loads or searches within them
 * says `disabled={false}`.
 */
export function Editable({ right, corpId, children }: Props) {
  return <ConfigProvider componentDisabled={!useCan()(right, corpId)}>{children}</ConfigProvider>;
}

/** Says why an operator of single organizations cannot change something that belongs to all of them. */
export function SharedHint({ right, text }: { readonly right: ConsoleRight; readonly text: string }) {
  return !useCan()(right, null) && <Alert className="spaced" type="info" showIcon title={text} />;
}

/** Shown instead of a page that the operator may not see. */
export function NoAccess() {
  const t = useTexts();
  const { has } = useSession();
  const hint = has('organizations.read') ? t.access.noneHint : t.access.noRole;
  return (
    <>
      <h1 className="unseen">{t.access.none}</h1>
      <Result icon={<LockOutlined />} title={t.access.none} subTitle={hint} />
    </>
  );
}
