import { Segmented, Skeleton } from 'antd';
import { useEffect, useState } from 'react';
import type { StatisticsAnswer } from '../../../src/client/answers.ts';
import { useLoaded } from '../data/load.ts';
import { RobotChoice } from '../parts/choices/robot-choice.tsx';
import { Failure, Head, Nothing } from '../parts/common.tsx';
import { useCorps } from '../parts/corp.tsx';
import { useFormat } from '../parts/format.ts';
import { type Line, Plot } from '../parts/plot.tsx';
import { useParameters } from '../route.tsx';
import { useSession } from '../session.tsx';
import { useTexts } from '../texts/use-texts.ts';
import { Checklist } from './start/checklist.tsx';

const hour = 3_600_000;
const day = 24 * hour;

/** Sends, deliveries and reads over time, as numbers and plots. */
export default function Overview() {
  const t = useTexts();
  const { corpId } = useCorps();
  const [parameters, change] = useParameters();
  const days = parameters.get('days') ?? '7';
  const robotCode = parameters.get('robotCode') ?? undefined;
  const [hasReads, setHasReads] = useState(false);
  return (
    <>
      <Head title={t.pages.overview} hint={t.overview.hint}>
        <Segmented
          name="days"
          aria-label={t.overview.range}
          value={days}
          options={Object.entries(t.overview.ranges).map(([value, label]) => ({ value, label }))}
          onChange={(value) => change({ days: value })}
        />
        <div className="robot-filter">
          <RobotChoice value={robotCode} isBare onChange={(value) => change({ robotCode: value })} />
        </div>
      </Head>
      <Checklist hasReads={hasReads} />
      {corpId && (
        <Figures
          key={`${corpId} ${robotCode} ${days}`}
          corpId={corpId}
          robotCode={robotCode}
          days={Number(days) || 7}
          onReads={setHasReads}
        />
      )}
    </>
  );
}

type FiguresProps = {
  readonly corpId: string;
  readonly robotCode: string | undefined;
  readonly days: number;
  /** Gets whether there are reads among the figures. */
  readonly onReads: (hasReads: boolean) => void;
};

function Figures({ corpId, robotCode, days, onReads }: FiguresProps) {
  const { isDev } = useSession();
  // The emulator has a clock of its own, which tests may have moved.
  const clock = useLoaded<{ readonly now: number }>(isDev ? '/emulator/v1/clock' : undefined);
  const [machineNow] = useState(() => Date.now());
  const now = isDev ? clock.data?.now : machineNow;
  const bucket = days > 1 ? 'day' : 'hour';
  // Days start at midnight in the browser's time zone, rounded to whole hours.
  const midnight = (24 + Math.round(new Date().getTimezoneOffset() / 60)) % 24;
  const query =
    now === undefined
      ? undefined
      : new URLSearchParams({
          corpId,
          bucket,
          dayStart: String(midnight),
          // The current, incomplete bucket is the last one.
          from: String(Math.max(0, now - (days > 1 ? (days - 1) * day : day - hour))),
          to: String(now + 1),
          ...(robotCode && { robotCode }),
        });
  const { data, error, reload } = useLoaded<StatisticsAnswer>(query && `/console/v1/statistics?${query}`);
  const hasReads = (data?.totals.reads ?? 0) > 0;
  useEffect(() => onReads(hasReads), [hasReads, onReads]);
  if (clock.error && !clock.data) return <Failure error={clock.error} onRetry={clock.reload} />;
  if (error) return <Failure error={error} onRetry={reload} />;
  if (!data) return <Skeleton active />;
  return (
    <>
      <Totals totals={data.totals} />
      <OverTime statistics={data} />
      <TimeToRead statistics={data} />
    </>
  );
}

function Totals({ totals }: { readonly totals: StatisticsAnswer['totals'] }) {
  const t = useTexts();
  const format = useFormat();
  const figures = [
    [t.overview.sends, format.number(totals.sends)],
    [t.overview.deliveries, format.number(totals.deliveries)],
    [t.overview.reads, format.number(totals.reads)],
    [t.overview.readRate, totals.deliveries === 0 ? '–' : format.percent(totals.reads / totals.deliveries)],
  ];
  return (
    <dl className="figures">
      {figures.map(([name, value]) => (
        <div className="figure" key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

type StatisticsProps = { readonly statistics: StatisticsAnswer };

function OverTime({ statistics }: StatisticsProps) {
  const t = useTexts();
  const format = useFormat();
  const { buckets, totals } = statistics;
  const unsettledSince = buckets[firstUnsettled(statistics)]?.start;
  const note = unsettledSince === undefined ? '' : t.overview.young(format.short(unsettledSince));
  const timeOf = (start: number) =>
    unsettledSince !== undefined && start >= unsettledSince
      ? `${format.short(start)} (${t.overview.stillRead})`
      : format.short(start);
  const lines = useLines(statistics);
  return (
    <section className="box">
      <h2>{t.overview.overTime}</h2>
      <p>{t.overview.overTimeHint}</p>
      {totals.sends === 0 ? (
        <Nothing text={t.overview.nothing} />
      ) : (
        <>
          <Plot
            label={`${t.overview.plotLabel(totals.sends, totals.deliveries, totals.reads)}. ${note}`}
            positions={t.overview.time}
            at={buckets.map(({ start }) => start)}
            lines={lines}
            percent={format.percent}
          />
          {note && <p className="soft note">{note}</p>}
          <Numbers
            head={[t.overview.time, t.overview.sends, t.overview.deliveries, t.overview.reads]}
            rows={buckets
              .filter(({ sends }) => sends > 0)
              .map((each) => [timeOf(each.start), each.sends, each.deliveries, each.reads])}
          />
        </>
      )}
    </section>
  );
}

/** The lines of the plot. Values that are still rising get lines of their own. */
function useLines(statistics: StatisticsAnswer): readonly Line[] {
  const { overview } = useTexts();
  const { buckets } = statistics;
  const firstOpen = firstUnsettled(statistics);
  const reads = buckets.map((each) => (each.deliveries === 0 ? null : each.reads));
  const rate = buckets.map((each) => (each.deliveries === 0 ? null : each.reads / each.deliveries));
  const onlySettled = (values: readonly (number | null)[]) =>
    values.map((value, index) => (index < firstOpen ? value : null));
  const from = (first: number, values: readonly (number | null)[]) =>
    values.map((value, index) => (index < first ? null : value));
  // The dashed line starts at the last point of the solid one.
  const joint = rate.findLastIndex((value, index) => index < firstOpen && value !== null);
  const bars = { colour: 'green', shape: 'bars' } as const;
  const line = { colour: 'amber', isShare: true } as const;
  return [
    { label: overview.deliveries, values: buckets.map((each) => each.deliveries), colour: 'blue', shape: 'bars' },
    { label: overview.reads, values: onlySettled(reads), ...bars },
    { label: overview.readsSoFar, values: from(firstOpen, reads), ...bars, isOpen: true },
    { label: overview.readRate, values: onlySettled(rate), ...line },
    { label: overview.rateSoFar, values: from(joint < 0 ? firstOpen : joint, rate), ...line, isOpen: true },
  ];
}

/** The share of all reads that must have arrived for a bucket to be settled. */
const mostReads = 0.95;

/**
 * The index of the first bucket whose messages are still being read, or the number of buckets if there is none. A
 * bucket is settled when it ended longer ago than the time within which 95 % of all reads happened; at least an hour
 * and at most a day.
 */
function firstUnsettled({ buckets, bucket, timeToRead, totals, to }: StatisticsAnswer): number {
  let reads = 0;
  const step = timeToRead.find((each) => {
    reads += each.reads;
    return totals.reads > 0 && reads >= totals.reads * mostReads;
  });
  const settles = Math.min(day, Math.max(hour, step?.under ?? day));
  const width = bucket === 'day' ? day : hour;
  const found = buckets.findIndex(({ start }) => start + width > to - settles);
  return found === -1 ? buckets.length : found;
}

function TimeToRead({ statistics: { timeToRead, totals } }: StatisticsProps) {
  const t = useTexts();
  const format = useFormat();
  const names = timeToRead.map(({ under }) =>
    under === null ? t.overview.longer : t.overview.within(format.duration(under)),
  );
  const lines: readonly Line[] = [
    { label: t.overview.reads, values: timeToRead.map(({ reads }) => reads), colour: 'green', shape: 'bars' },
  ];
  if (totals.reads === 0) return null;
  return (
    <section className="box">
      <h2>{t.overview.timeToRead}</h2>
      <p>{t.overview.timeToReadHint}</p>
      <Plot
        label={t.overview.histogramLabel(totals.reads)}
        positions={t.overview.timeToRead}
        at={timeToRead.map((_, index) => index)}
        names={names}
        lines={lines}
        percent={format.percent}
      />
      <Numbers
        head={[t.overview.timeToRead, t.overview.reads]}
        rows={timeToRead.map(({ reads }, index) => [names[index] ?? '', reads])}
      />
    </section>
  );
}

type NumbersProps = { readonly head: readonly string[]; readonly rows: readonly (readonly (string | number)[])[] };

/** The numbers of a plot as a table. */
function Numbers({ head, rows }: NumbersProps) {
  const t = useTexts();
  return (
    <details>
      <summary>{t.overview.asTable}</summary>
      <table className="plain">
        <thead>
          <tr>
            {head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([first, ...rest]) => (
            <tr key={first}>
              <th scope="row">{first}</th>
              {rest.map((value, index) => (
                <td key={head[index + 1]} className="number">
                  {value}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
