import type { ReactNode } from 'react';

function icon(children: ReactNode) {
  return () => (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export const BackIcon = icon(<path d="m14.5 5-7 7 7 7" />);
export const SearchIcon = icon(<path d="M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zm4.8 11.3L20 20" />);
export const CloseIcon = icon(<path d="m6 6 12 12M18 6 6 18" />);
export const DownIcon = icon(<path d="M12 5v14m-6-6 6 6 6-6" />);
export const BellIcon = icon(<path d="M6 16V11a6 6 0 1 1 12 0v5l1.5 2h-15zM10 20.5h4" />);
export const MutedIcon = icon(
  <path d="M6 16v-5a6 6 0 0 1 1-3.3M9 5.800A6 6 0 0 1 18 11v4M15 18H4.500L6 16M10 20.500h4M4 4l16 16" />,
);
export const BlockedIcon = icon(<path d="M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM6.500 6.500l11 11" />);
export const GroupIcon = icon(
  <path d="M9 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM3.500 19a5.500 5.500 0 0 1 11 0M15.500 5.300a3 3 0 0 1 0 5.400M17 14a5.500 5.500 0 0 1 3.500 5" />,
);
export const SettingsIcon = icon(<path d="M4 7h9m4 0h3M4 17h3m4 0h9M15 4.800v4.400M9 14.800v4.400" />);
export const PlayIcon = icon(<path d="M8 5.500v13l11-6.500z" />);
export const VoiceIcon = icon(<path d="M5 10v4m3.500-7v10M12 4v16m3.500-13v10M19 10v4" />);
export const FileIcon = icon(<path d="M6 3.500h8l4.500 4.500v12.500H6zM13.500 3.500V8.500h5" />);
export const ImageIcon = icon(<path d="M4 5h16v14H4zm0 11 5-5 4 4 2.500-2.500L20 16.500M15.500 8.500v1" />);
export const LinkIcon = icon(
  <path d="M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1" />,
);
export const SendIcon = icon(<path d="M4 12 20 4l-5.500 16-3.500-6.500zM11 13.500 20 4" />);
export const ClipIcon = icon(
  <path d="m19 11-7.500 7.500a4.600 4.600 0 0 1-6.500-6.500L12.500 4.500a3 3 0 0 1 4.300 4.300L9.500 16a1.500 1.500 0 0 1-2.100-2.100L14 7.300" />,
);
export const QuoteIcon = icon(<path d="M9 6 4 11l5 5M4 11h10a6 6 0 0 1 6 6v1" />);
export const ChatIcon = icon(<path d="M4 5h16v11h-9l-4 4v-4H4zM8 9h8M8 12.500h5" />);
