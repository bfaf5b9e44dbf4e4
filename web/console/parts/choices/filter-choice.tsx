import type { Source } from '../../data/sources.ts';
import { Choice } from './choice.tsx';

type Props<T, P> = {
  readonly label: string;
  readonly source: Source<T, P>;
  readonly value: string | undefined;
  /** An item that cannot be requested by its code. */
  readonly chosen?: T;
  /** The label for no selection. */
  readonly placeholder: string;
  readonly onChange: (key: string | undefined) => void;
  /** Leaves out the visible label above the field. */
  readonly isBare?: boolean;
};

/** A field of a list's filters that selects one of a long list. */
export function FilterChoice<T, P extends { readonly cursor: string | null }>({
  isBare = false,
  label,
  ...rest
}: Props<T, P>) {
  return (
    <div className="field">
      {!isBare && <span>{label}</span>}
      <Choice aria-label={label} allowClear {...rest} />
    </div>
  );
}
