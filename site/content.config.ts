/** The pages, and the texts of the site that differ from those of Starlight. */
import { i18nLoader } from '@astrojs/starlight/loaders';
import { docsSchema, i18nSchema } from '@astrojs/starlight/schema';
import { defineCollection } from 'astro/content/config';
import { pagesLoader } from './loader.ts';

export const collections = {
  docs: defineCollection({ loader: pagesLoader(), schema: docsSchema() }),
  i18n: defineCollection({ loader: i18nLoader(), schema: i18nSchema() }),
};
