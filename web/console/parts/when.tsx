import { DatePicker } from 'antd';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { type ReactNode, useEffect, useRef } from 'react';
import { usePreferences } from '../preferences.ts';
import { useParameters } from '../route.tsx';
import { useTexts } from '../texts/use-texts.ts';

type Props = { readonly name: string; readonly label: string };

/**
 * A picker of a date and time to the minute, in the time zone of the browser. The URL stores it in epoch milliseconds.
 */
export function TimeFilter({ name, label }: Props) {
  const t = useTexts();
  const { language } = usePreferences();
  const [parameters, change] = useParameters();
  const given = parameters.get(name);
  const time = dayjs(Number(given)).locale(language === 'zh' ? 'zh-cn' : 'en');
  return (
    <div className="field when">
      <span>{label}</span>
      <DatePicker
        aria-label={label}
        showTime={{ format: 'HH:mm' }}
        format="YYYY-MM-DD HH:mm"
        placeholder={t.messages.anyTime}
        panelRender={(panel) => <AccessiblePanel>{panel}</AccessiblePanel>}
        // The URL may contain something that is not a time.
        value={given && time.isValid() ? time : null}
        onChange={(chosen) => change({ [name]: chosen ? String(chosen.valueOf()) : undefined })}
      />
    </div>
  );
}

/**
 * Works around two accessibility faults of the picker: the scrolling columns of hours and minutes cannot be focused,
 * and the labels of the buttons above the calendar do not contain the month and year that they show.
 */
function AccessiblePanel({ children }: { readonly children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const all = (query: string) => [...(box.current?.querySelectorAll<HTMLElement>(query) ?? [])];
    for (const column of all('.ant-picker-time-panel-column')) column.tabIndex = 0;
    for (const button of all('.ant-picker-header-view button')) button.removeAttribute('aria-label');
  });
  return <div ref={box}>{children}</div>;
}
