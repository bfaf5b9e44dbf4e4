import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { localeOf } from '../../shared/preferences.ts';
import { usePreferences } from '../preferences.ts';
import { barRange, countSteps, createNamer, labelRoom, labelsAt, type Namer, timeSteps } from './axis.ts';

export type Line = {
  readonly label: string;
  readonly values: readonly (number | null)[];
  readonly colour: 'blue' | 'green' | 'amber';
  readonly shape?: 'line' | 'steps' | 'bars';
  /** The values are shares from 0 to 1, drawn on a second vertical axis. */
  readonly isShare?: boolean;
  /** The values may still change: lines are dashed and bars are outlined. */
  readonly isOpen?: boolean;
};

type PlotProps = {
  /** The content of the plot as text, for screen readers. */
  readonly label: string;
  /** Epoch milliseconds, or positions when `names` is given. */
  readonly at: readonly number[];
  /** The name of the horizontal axis, such as "Time". */
  readonly positions: string;
  readonly lines: readonly Line[];
  readonly names?: readonly string[];
  readonly percent: (value: number) => string;
  /** The largest possible value; the vertical axis reaches at least this far. */
  readonly top?: number;
};

const colours = {
  light: { blue: '#1765d8', green: '#15803d', amber: '#c2620a', text: '#5b6472', grid: '#e8ebf0' },
  dark: { blue: '#4c8dff', green: '#3fb868', amber: '#f0a04b', text: '#9aa5b4', grid: '#262d37' },
};

const height = 240;

/** A plot of numbers over time, or over named positions. */
export function Plot(props: PlotProps) {
  const { isDark, language } = usePreferences();
  const box = useRef<HTMLDivElement>(null);
  const key = JSON.stringify([props.at, props.lines, props.names, props.top, isDark, language]);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const element = box.current;
    if (!element || key === '') return;
    const { at, lines } = latest.current;
    const data = [latest.current.names ? at : at.map((time) => time / 1000), ...lines.map(({ values }) => values)];
    const options = optionsOf(latest.current, colours[isDark ? 'dark' : 'light'], localeOf(language));
    const plot = new UPlot({ ...options, width: element.clientWidth, height }, data as UPlot.AlignedData, element);
    const watcher = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      plot.destroy();
    };
  }, [key, isDark, language]);
  return <div className="plot" role="img" aria-label={props.label} ref={box} />;
}

type Colours = (typeof colours)['light'];

function optionsOf(props: PlotProps, tone: Colours, locale: string): Omit<UPlot.Options, 'width' | 'height'> {
  const { lines, names, percent, positions, top = 4 } = props;
  const nameOf = createNamer(props, locale);
  const across = names
    ? { range: [-0.6, names.length - 0.4] as [number, number] }
    : lines.some(({ shape }) => shape === 'bars')
      ? { range: barRange(props.at) }
      : {};
  return {
    padding: [12, lines.some(({ isShare }) => isShare) ? 0 : 16, 0, 0],
    cursor: { y: false, drag: { x: false, y: false } },
    scales: {
      x: { time: false, ...across },
      y: { range: (_, __, most) => [0, Math.max(top * 1.05, most * 1.15)] },
      share: { range: [0, 1.04] },
    },
    legend: { markers: { dash: (_, index) => (lines[index - 1]?.isOpen ? 'dashed' : 'solid') } },
    axes: axesOf(props, tone, nameOf),
    series: [
      { label: positions, value: (_, value) => (value === null ? '' : nameOf(value, 1)) },
      ...lines.map((line) => seriesOf(line, tone, percent)),
    ],
  };
}

const isBars = (lines: readonly Line[]) => lines.some(({ shape }) => shape === 'bars');

function axesOf({ at, lines, names, percent }: PlotProps, tone: Colours, nameOf: Namer): UPlot.Axis[] {
  const axis = { stroke: tone.text, ticks: { show: false }, font: '12px system-ui, sans-serif' };
  const times = at.map((time) => time / 1000);
  const labelled = (positions: readonly number[], room: number) => (plot: UPlot) =>
    labelsAt(positions, plot.width, room);
  const splits = names ? labelled(at, labelRoom.name) : isBars(lines) ? labelled(times, labelRoom.time) : undefined;
  const isLine = !names && !splits;
  const share: UPlot.Axis = {
    ...axis,
    scale: 'share',
    side: 1,
    size: 52,
    grid: { show: false },
    values: (_, splits) => splits.map(percent),
  };
  return [
    {
      ...axis,
      size: 32,
      grid: { show: false },
      values: (_, splits, __, ___, step) => splits.map((value) => nameOf(value, isLine ? step : undefined)),
      space: names ? 40 : 110,
      ...(isLine ? { incrs: timeSteps } : {}),
      ...(splits ? { splits } : {}),
    },
    {
      ...axis,
      size: 48,
      grid: { stroke: tone.grid, width: 1 },
      incrs: countSteps,
      values: (_, splits) => splits.map(String),
    },
    ...(lines.some(({ isShare }) => isShare) ? [share] : []),
  ];
}

const paths = {
  bars: UPlot.paths.bars?.({ size: [0.6, 60], radius: 0.15 }),
  steps: UPlot.paths.stepped?.({ align: 1 }),
  line: UPlot.paths.linear?.(),
};

function seriesOf(
  { label, colour, shape = 'line', isShare = false, isOpen = false }: Line,
  tone: Colours,
  percent: (value: number) => string,
): UPlot.Series {
  const stroke = tone[colour];
  const path = paths[shape];
  const isBar = shape === 'bars';
  const fill = isBar && !isOpen ? stroke : `${stroke}22`;
  return {
    label,
    stroke,
    width: isBar && !isOpen ? 0 : 2,
    ...(isOpen ? { dash: [4, 4] } : {}),
    scale: isShare ? 'share' : 'y',
    spanGaps: true,
    points: { show: isShare, size: 6, fill: stroke },
    ...(isShare ? {} : { fill }),
    ...(path ? { paths: path } : {}),
    value: (_, value) => (value === null ? '' : isShare ? percent(value) : String(value)),
  };
}
