import { App, ConfigProvider, theme as themes } from 'antd';
import en from 'antd/locale/en_US';
import zh from 'antd/locale/zh_CN';
import type { ReactNode } from 'react';
import { usePreferences } from './preferences.ts';

const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;

// Both palettes have a contrast of at least 4.5:1 to their backgrounds. Some colours that Ant Design derives do not.
const light = {
  colorPrimary: '#1765d8',
  colorInfo: '#1765d8',
  colorLink: '#1765d8',
  // Ant Design would derive lighter colours, on which white text has too little contrast.
  colorPrimaryHover: '#1257bd',
  colorPrimaryActive: '#0e489e',
  colorLinkHover: '#1257bd',
  colorErrorHover: '#ad2323',
  colorErrorActive: '#931c1c',
  colorSuccess: '#12753a',
  colorWarning: '#b45309',
  colorError: '#c92a2a',
  colorSuccessBg: '#e8f6ed',
  colorSuccessBorder: '#b7e1c5',
  colorWarningBg: '#fdf3e3',
  colorWarningBorder: '#f2d5a4',
  colorErrorBg: '#fdecec',
  colorErrorBorder: '#f3c1c1',
  colorInfoBg: '#e8f0fd',
  colorInfoBorder: '#bcd3f7',
  colorBgLayout: '#f5f7fa',
  colorTextDescription: '#5b6472',
  colorTextTertiary: '#5b6472',
  colorTextQuaternary: '#697180',
  colorTextPlaceholder: '#697180',
};
const dark = {
  colorPrimary: '#4c8dff',
  // The text of a tag gets a darker shade of it.
  colorInfo: '#6ea6ff',
  colorLink: '#7db0ff',
  colorSuccess: '#3fb868',
  colorError: '#ff8078',
  colorBgLayout: '#0e1116',
  colorBgContainer: '#161b22',
  colorBgElevated: '#1d232c',
  colorTextDescription: '#9aa5b4',
  colorTextTertiary: '#9aa5b4',
  colorTextQuaternary: '#8a95a5',
  colorTextPlaceholder: '#8a95a5',
};

/** Configures Ant Design for the selected language and theme. */
export function Look({ children }: { readonly children: ReactNode }) {
  const { isDark, language } = usePreferences();
  const theme = {
    algorithm: isDark ? themes.darkAlgorithm : themes.defaultAlgorithm,
    token: { borderRadius: 8, motion: !isStill, ...(isDark ? dark : light) },
    components: {
      Layout: { headerBg: 'transparent', siderBg: isDark ? '#161b22' : '#ffffff' },
      Table: { headerBg: 'transparent', headerSplitColor: 'transparent' },
      Button: isDark ? { primaryColor: '#06101f', dangerColor: '#2b0705' } : {},
      Segmented: isDark
        ? { trackBg: '#232a34', itemSelectedBg: '#4c8dff', itemSelectedColor: '#06101f' }
        : { trackBg: '#e6eaf0', itemSelectedBg: '#1765d8', itemSelectedColor: '#ffffff' },
      Menu: isDark
        ? { itemSelectedColor: '#a9caff', itemSelectedBg: '#1d3152' }
        : { itemSelectedBg: '#e8f0fd', itemSelectedColor: '#1257bd' },
    },
  };
  return (
    <ConfigProvider
      locale={language === 'zh' ? zh : en}
      theme={theme}
      button={{ autoInsertSpace: false }}
      componentSize="middle"
    >
      <App className="app">{children}</App>
    </ConfigProvider>
  );
}
