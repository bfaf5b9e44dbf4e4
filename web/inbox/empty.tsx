import { ChatIcon } from './icons.tsx';

/** Shown instead of an empty list: the reason, and what to do about it. */
export function Empty({ title, hint }: { readonly title: string; readonly hint: string }) {
  return (
    <div className="empty">
      <ChatIcon />
      <p className="empty-title">{title}</p>
      <p className="hint">{hint}</p>
    </div>
  );
}
