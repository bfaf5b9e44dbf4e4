import { ArrowLeftOutlined } from '@ant-design/icons';
import type { MouseEvent } from 'react';
import { Link, returnTo } from '../route.tsx';

/** The link from the page of an item to its list. It goes back in the history if the page was opened from the list. */
export function Back({ to, children }: { readonly to: string; readonly children: string }) {
  return (
    <p className="spaced">
      <Link to={to} onClick={(event) => !isModified(event) && returnTo(to) && event.preventDefault()}>
        <ArrowLeftOutlined aria-hidden="true" /> {children}
      </Link>
    </p>
  );
}

const isModified = (event: MouseEvent) =>
  event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
