import { ChatIcon } from './icons.tsx';

/** Says why there is nothing here, and what will change that. */
export function Empty({ title, hint }: { readonly title: string; readonly hint: string }) {
  return (
    <div className="empty">
      <ChatIcon />
      <p className="empty-title">{title}</p>
      <p className="hint">{hint}</p>
    </div>
  );
}
