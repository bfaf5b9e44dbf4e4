import { Button, Input, Segmented, Space, Tag } from 'antd';
import { useEffect, useState } from 'react';
import type { ClockAnswer, DeliveryAnswer, ReleaseAnswer } from '../../../src/client/answers.ts';
import { useChange } from '../data/changes.ts';
import { useLoaded } from '../data/load.ts';
import { Failure, Head } from '../parts/common.tsx';
import { useFormat } from '../parts/format.ts';
import { useTexts } from '../texts/use-texts.ts';
import { durationPattern } from './emulator/duration.ts';
import { FaultRules } from './emulator/faults.tsx';
import { Readers } from './emulator/readers.tsx';

/** The controls that the emulator offers to tests: clock, deliveries, readers and faults. */
export default function Emulator() {
  const t = useTexts();
  return (
    <>
      <Head title={t.pages.emulator} hint={t.emulator.hint} />
      <div className="halves">
        <Clock />
        <Delivery />
      </div>
      <Readers />
      <FaultRules />
    </>
  );
}

function Clock() {
  const t = useTexts();
  const format = useFormat();
  const change = useChange();
  const { data, error, reload, replace } = useLoaded<ClockAnswer>('/emulator/v1/clock');
  const now = useRunning(data);
  const [by, setBy] = useState('1h');
  const move = async (body: object) => {
    const answer = await change<ClockAnswer>('POST', '/emulator/v1/clock', body, t.saved);
    if (answer) replace(answer);
  };
  const isDuration = durationPattern.test(by);
  if (error) return <Failure error={error} onRetry={reload} />;
  return (
    <section className="box">
      <div className="box-head">
        <h2>{t.emulator.clock}</h2>
        {data && (
          <Tag color={data.frozen ? 'warning' : 'success'}>{data.frozen ? t.emulator.frozen : t.emulator.running}</Tag>
        )}
      </div>
      <p className="clock spaced">{now === undefined ? '–' : format.time(now)}</p>
      <div className="inline">
        <Button onClick={() => move({ freeze: !data?.frozen })}>
          {data?.frozen ? t.emulator.unfreeze : t.emulator.freeze}
        </Button>
        {['1m', '1h', '1d'].map((step) => (
          <Button key={step} onClick={() => move({ advance: step })}>
            +{step}
          </Button>
        ))}
        <Space.Compact>
          <Input
            aria-label={t.emulator.advanceBy}
            value={by}
            status={isDuration ? '' : 'error'}
            onChange={(event) => setBy(event.target.value)}
            className="short"
          />
          <Button disabled={!isDuration} onClick={() => move({ advance: by })}>
            {t.emulator.advance}
          </Button>
        </Space.Compact>
      </div>
    </section>
  );
}

/** The current time of the emulator's clock in epoch milliseconds, updated every second unless the clock is frozen. */
function useRunning(clock: ClockAnswer | undefined): number | undefined {
  const [now, setNow] = useState(clock?.now);
  useEffect(() => {
    setNow(clock?.now);
    if (!clock || clock.frozen) return;
    const ahead = clock.now - Date.now();
    const timer = setInterval(() => setNow(Date.now() + ahead), 1000);
    return () => clearInterval(timer);
  }, [clock]);
  return now;
}

const modes = ['instant', 'hold', 'delay', 'timeout'] as const;

function Delivery() {
  const t = useTexts();
  const change = useChange();
  const { data, error, reload, replace } = useLoaded<DeliveryAnswer>('/emulator/v1/delivery');
  const [delay, setDelay] = useState('30s');
  const set = async (mode: DeliveryAnswer['mode'], after = delay) => {
    const body = mode === 'delay' ? { mode, delay: after } : { mode };
    const answer = await change<DeliveryAnswer>('PUT', '/emulator/v1/delivery', body, t.saved);
    if (answer) replace(answer);
  };
  const release = async () => {
    const answer = await change<ReleaseAnswer>('POST', '/emulator/v1/delivery/release', {});
    if (answer) reload();
  };
  if (error) return <Failure error={error} onRetry={reload} />;
  const mode = data?.mode ?? 'instant';
  return (
    <section className="box">
      <div className="box-head">
        <h2>{t.emulator.delivery}</h2>
        {mode !== 'instant' && <Button onClick={release}>{t.emulator.release}</Button>}
      </div>
      <Segmented
        className="spaced"
        name="delivery"
        aria-label={t.emulator.delivery}
        value={mode}
        options={modes.map((value) => ({ value, label: t.emulator.modes[value] }))}
        onChange={(value) => set(value)}
      />
      <p className="soft">{t.emulator.modeHints[mode]}</p>
      {mode === 'delay' && (
        <Input
          className="short"
          aria-label={t.emulator.delay}
          defaultValue={data?.delay ?? delay}
          onChange={(event) => setDelay(event.target.value)}
          onBlur={() => durationPattern.test(delay) && set('delay')}
          onPressEnter={() => durationPattern.test(delay) && set('delay')}
        />
      )}
    </section>
  );
}
