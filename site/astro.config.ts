/** The documentation site: `npm run site` builds it from `docs/` into `site/dist`. */
import { satteri } from '@astrojs/markdown-satteri';
import starlight from '@astrojs/starlight';
import { defineConfig, passthroughImageService } from 'astro/config';
import { repositoryLinks } from './links.ts';
import { idsIn } from './pages.ts';

const group = (folder: string, label: string, chinese: string) => ({
  label,
  translations: { 'zh-CN': chinese },
  items: [...idsIn(folder)],
});

export default defineConfig({
  srcDir: '.',
  trailingSlash: 'always',
  cacheDir: '../node_modules/.cache/site',
  // The pictures are small enough.
  image: { service: passthroughImageService() },
  markdown: { processor: satteri({ features: { smartPunctuation: false } }) },
  prefetch: false,
  vite: { cacheDir: '../node_modules/.cache/site/vite' },
  integrations: [
    starlight({
      title: { en: 'huizhi', 'zh-CN': 'huizhi 回执' },
      locales: { root: { label: 'English', lang: 'en' }, zh: { label: '简体中文', lang: 'zh-CN' } },
      favicon: '/favicon.svg',
      customCss: ['./theme.css'],
      components: { Banner: './parts/Banner.astro', SocialIcons: './parts/Versions.astro' },
      sidebar: [
        'contents',
        group('tutorial', 'Tutorial', '教程'),
        group('how-to', 'How to', '操作指南'),
        group('explanation', 'Explanation', '原理'),
        group('reference', 'Reference', '参考'),
        group('project', 'Project', '项目'),
      ],
    }),
    repositoryLinks(),
  ],
});
