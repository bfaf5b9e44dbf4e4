import { DatePicker } from 'antd';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { type ReactNode, useEffect, useRef } from 'react';
import { usePreferences, useTexts } from '../preferences.ts';
import { useParameters } from '../route.tsx';

type Props = { readonly name: string; readonly label: string };

/** A time to the minute, in the time zone of the browser and in the language of the page; the address has it in epoch milliseconds. */
export function When({ name, label }: Props) {
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
        panelRender={(panel) => <Reachable>{panel}</Reachable>}
        // The address may name what is no time at all.
        value={given && time.isValid() ? time : null}
        onChange={(chosen) => change({ [name]: chosen ? String(chosen.valueOf()) : undefined })}
      />
    </div>
  );
}

/**
 * Mends two gaps of the picker: hours and minutes scroll and are out of reach of the keyboard, and the buttons above the calendar have
 * names that do not contain the month and the year that they show.
 */
function Reachable({ children }: { readonly children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const all = (query: string) => [...(box.current?.querySelectorAll<HTMLElement>(query) ?? [])];
    for (const column of all('.ant-picker-time-panel-column')) column.tabIndex = 0;
    for (const button of all('.ant-picker-header-view button')) button.removeAttribute('aria-label');
  });
  return <div ref={box}>{children}</div>;
}
