import { Button } from 'antd';
import type { ReactNode } from 'react';
import type { ConsoleRight } from '../../../../src/client/answers.ts';
import { isolate } from '../../../shared/isolate.ts';
import { useCan } from '../allowed.tsx';
import { useRestoreFocus } from '../focus.ts';

export type RowAction = {
  readonly icon: ReactNode;
  readonly label: string;
  /** The right without which the button is left out. */
  readonly right?: ConsoleRight;
  /** Where the right is needed, as for `useCan`. */
  readonly corpId?: string | null;
  readonly isDanger?: boolean;
} & ({ readonly run: () => void } | { readonly href: string; readonly fileName: string });

type Props = {
  /** The name of the row's item, which is part of the accessible name of each button. */
  readonly of: string;
  readonly actions: readonly RowAction[];
};

/** The buttons of a row. When one of them has removed the row, the focus goes back to where it was before. */
export function RowActions({ of, actions }: Props) {
  const can = useCan();
  useRestoreFocus();
  return (
    <span className="row-actions">
      {actions
        .filter(({ right, corpId }) => right === undefined || can(right, corpId))
        .map((action) => (
          <Button
            key={action.label}
            type="text"
            danger={action.isDanger ?? false}
            icon={action.icon}
            title={action.label}
            aria-label={`${action.label}: ${isolate(of)}`}
            {...('run' in action ? { onClick: action.run } : { href: action.href, download: action.fileName })}
          />
        ))}
    </span>
  );
}
