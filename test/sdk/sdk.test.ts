import { expect, test } from 'vitest';
import { languages } from './languages.ts';
import { complaints, playedVersions, playLanguage, summary } from './run.ts';

// The test files in the folder of the Node SDK run its story.
const others = languages.filter(({ name }) => name !== 'Node');

const installing = 600_000;

test.concurrent.for(others)(
  '$name plays every case of the table with its SDK',
  {
    timeout: installing,
  },
  async (language, { skip }) => {
    const result = await playLanguage(language);
    process.stdout.write(summary([result]));
    skip('skipped' in result, 'skipped' in result ? result.skipped : '');
    const stories = 'stories' in result ? result.stories : [];
    expect(stories.flatMap(complaints)).toEqual([]);
    expect(stories.map(({ version }) => version)).toEqual(playedVersions(language));
  },
);
