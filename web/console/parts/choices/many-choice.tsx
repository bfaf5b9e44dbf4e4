import { CloseOutlined } from '@ant-design/icons';
import { type ReactNode, useState } from 'react';
import { UserLine } from '../../../shared/bidi.tsx';
import { useLoaded } from '../../data/load.ts';
import { itemPath, type Source } from '../../data/sources.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { RowActions } from '../lists/row-actions.tsx';
import { Choice } from './choice.tsx';

type Props<T, P> = {
  readonly source: Source<T, P>;
  /** The accessible name of the select box that adds an item. */
  readonly label: string;
  readonly id?: string;
  /** The codes of the selected items. */
  readonly value?: readonly string[];
  readonly onChange?: (codes: readonly string[]) => void;
  /** Controls for a selected item. */
  readonly controls?: (code: string) => ReactNode;
};

/**
 * Selects any number of items: a list of those selected, and a select box that adds one and keeps the focus. A control
 * of a form.
 */
export function ManyChoice<T, P extends { readonly cursor: string | null }>(props: Props<T, P>) {
  const { source, label, id, value = [], onChange, controls } = props;
  const [known, setKnown] = useState<ReadonlyMap<string, T>>(new Map());
  const add = (code: string | undefined, item: T | undefined) => {
    if (code === undefined || value.includes(code)) return;
    if (item !== undefined) setKnown((old) => new Map(old).set(code, item));
    onChange?.([...value, code]);
  };
  return (
    <>
      {value.length > 0 && (
        <ul className="tiles one chosen" aria-label={label}>
          {value.map((code) => (
            <Chosen
              key={code}
              source={source}
              code={code}
              item={known.get(code)}
              onRemove={() => onChange?.(value.filter((one) => one !== code))}
            >
              {controls?.(code)}
            </Chosen>
          ))}
        </ul>
      )}
      <Choice source={source} aria-label={label} placeholder={label} onChange={add} {...(id && { id })} />
    </>
  );
}

type ChosenProps<T, P> = {
  readonly source: Source<T, P>;
  readonly code: string;
  readonly item: T | undefined;
  readonly children: ReactNode;
  readonly onRemove: () => void;
};

function Chosen<T, P>({ source, code, item, children, onRemove }: ChosenProps<T, P>) {
  const t = useTexts();
  const asked = useLoaded<T>(item === undefined ? itemPath(source, code) : undefined);
  const found = item ?? asked.data;
  const name = found === undefined ? code : source.nameOf(found);
  return (
    <li>
      <UserLine>{name}</UserLine>
      <span className="row-actions">
        {children}
        <RowActions of={name} actions={[{ icon: <CloseOutlined />, label: t.remove, run: onRemove }]} />
      </span>
    </li>
  );
}
