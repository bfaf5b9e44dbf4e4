import { SearchOutlined } from '@ant-design/icons';
import { Input } from 'antd';
import { useParameters } from '../route.tsx';
import { useTyped } from './typed.ts';

/** What a list is searched for, as it stands in the address. */
export function useSearched(): string {
  const [parameters] = useParameters();
  return parameters.get('text') ?? '';
}

/** The field above a list; what is typed into it is searched for at once. */
export function Search({ label }: { readonly label: string }) {
  const { text, type, search, leave } = useTyped('text');
  return (
    <search>
      <Input
        className="spaced"
        dir="auto"
        prefix={<SearchOutlined />}
        aria-label={label}
        placeholder={label}
        value={text}
        allowClear
        maxLength={128}
        onChange={(event) => type(event.target.value)}
        onPressEnter={search}
        onBlur={leave}
      />
    </search>
  );
}

/** The path of a list, and what it is searched for. */
export function searched(path: string, text: string, query: Readonly<Record<string, string>> = {}): string {
  const all = new URLSearchParams({ ...query, ...(text && { text }) });
  return all.size === 0 ? path : `${path}?${all}`;
}
