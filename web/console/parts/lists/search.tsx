import { SearchOutlined } from '@ant-design/icons';
import { Input } from 'antd';
import { useParameters } from '../../route.tsx';
import { useTyped } from '../typed.ts';

/** The search text of a list, as stored in the URL. */
export function useSearchText(): string {
  const [parameters] = useParameters();
  return parameters.get('text') ?? '';
}

/** The search field above a list. It searches while the user types. */
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

/** Adds the search text, if there is one, and other parameters to the path of a list. */
export function withSearch(path: string, text: string, query: Readonly<Record<string, string>> = {}): string {
  const all = new URLSearchParams({ ...query, ...(text && { text }) });
  return all.size === 0 ? path : `${path}?${all}`;
}
