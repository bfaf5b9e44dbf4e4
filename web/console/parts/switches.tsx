import { MoonOutlined, SunOutlined, TranslationOutlined } from '@ant-design/icons';
import { Button, Space } from 'antd';
import { usePreferences } from '../preferences.ts';
import { useTexts } from '../texts/use-texts.ts';

/** The two buttons that change language and theme. */
export function Switches() {
  const { language, isDark, setLanguage, setTheme } = usePreferences();
  const t = useTexts();
  return (
    <Space size={4}>
      <Button type="text" icon={<TranslationOutlined />} onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}>
        <span lang={language === 'zh' ? 'en' : 'zh-CN'}>{language === 'zh' ? 'English' : '中文'}</span>
      </Button>
      <Button
        type="text"
        icon={isDark ? <SunOutlined /> : <MoonOutlined />}
        aria-label={isDark ? t.toLight : t.toDark}
        title={isDark ? t.toLight : t.toDark}
        onClick={() => setTheme(isDark ? 'light' : 'dark')}
      />
    </Space>
  );
}
