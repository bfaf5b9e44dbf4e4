import { statSync } from 'node:fs';
import type { Bench, Section } from '../lib/bench.ts';
import { bounded, type Figure, plain } from '../lib/figure.ts';
import type { Seeded } from '../lib/workspace.ts';
import { readShare, type Sizes, sizesOf } from '../seed.ts';

const many = 20;

/** Bytes on disk for each delivery, without message texts. */
export const diskSection: Section = {
  title: ({ messages, recipients }) =>
    `bytes on disk for each delivery, message text left out, ${messages} messages of ${recipients} and of ${many}`,
  async run(bench) {
    const { workspace, settings } = bench;
    const few = await workspace.seeded(settings);
    const first = await figures(bench, few);
    const large = await workspace.seeded({ ...settings, recipients: many });
    const second = await figures(bench, large);
    if (!settings.keep) workspace.drop(large.path);
    return [...first, ...second];
  },
};

async function figures({ workspace }: Bench, { path, plan, sizes }: Seeded): Promise<readonly Figure[]> {
  const copy = workspace.copy(path, 'all-read');
  await readShare(copy, plan, 0.5, 1);
  const all = await sizesOf(copy, plan);
  workspace.drop(copy);
  const of = `of ${plan.recipients}`;
  return [
    perDelivery(`${of}, nobody has read`, sizes.unread),
    perDelivery(`${of}, half have read`, sizes.half),
    perDelivery(`${of}, all have read`, all),
    plain(`${of}, half have read: the whole file`, statSync(path).size / 1e6, 'MB'),
    ...Object.entries(all.parts)
      .filter(([, bytes]) => bytes > all.bytes / 100)
      .map(([part, bytes]) =>
        plain(`${of}, all have read: ${part}`, bytes / (plan.messages * plan.recipients), 'B/delivery'),
      ),
  ];
}

function perDelivery(name: string, { perDelivery }: Sizes): Figure {
  return bounded(plain(name, perDelivery, 'B/delivery'), { bound: 'under', value: 120 });
}
