import { Select } from 'antd';
import { useParameters } from '../../route.tsx';
import { useTexts } from '../../texts/use-texts.ts';

type Props = {
  /** The parameter of the URL that has the value. */
  readonly name: string;
  readonly label: string;
  /** The text of each value. */
  readonly options: Readonly<Record<string, string>>;
};

/** Filters a list by one of a few values; no selection means all. */
export function SelectFilter({ name, label, options }: Props) {
  const t = useTexts();
  const [parameters, change] = useParameters();
  return (
    <div className="field">
      <span>{label}</span>
      <Select
        aria-label={label}
        allowClear
        value={parameters.get(name)}
        placeholder={t.all}
        options={Object.entries(options).map(([value, text]) => ({ value, label: text }))}
        onChange={(value) => change({ [name]: value ?? undefined })}
      />
    </div>
  );
}

/** Adds the values of filters in the URL to the query of a list. */
export function useFilters(names: readonly string[], query: Readonly<Record<string, string>>): URLSearchParams {
  const [parameters] = useParameters();
  const all = new URLSearchParams(query);
  for (const name of names) {
    const value = parameters.get(name);
    if (value) all.set(name, value);
  }
  return all;
}
