import { CheckCircleFilled } from '@ant-design/icons';
import { Button } from 'antd';
import { Link } from '../../route.tsx';
import { useSession } from '../../session.tsx';
import type { Step } from '../../texts/start.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useSteps } from './steps.ts';

/** The page on which each step is done. */
const paths: Readonly<Record<Exclude<Step, 'read'>, string>> = {
  organization: '/organizations',
  people: '/users',
  app: '/apps',
  robot: '/robots',
  message: '/compose',
};

/** What a new installation needs until the first message is read. It disappears when everything is done. */
export function Checklist({ hasReads }: { readonly hasReads: boolean }) {
  const t = useTexts();
  const { done, hide } = useSteps(hasReads);
  if (!done) return null;
  const steps = [...done];
  const count = steps.filter(([, isDone]) => isDone).length;
  return (
    <section className="box" aria-label={t.start.title}>
      <div className="box-head">
        <h2>{t.start.title}</h2>
        <span className="inline">
          <span className="soft" role="status">
            {t.start.done(count, steps.length)}
          </span>
          <Button size="small" onClick={hide}>
            {t.start.hide}
          </Button>
        </span>
      </div>
      <ol className="checklist">
        {steps.map(([step, isDone]) => (
          <Item key={step} step={step} isDone={isDone} />
        ))}
      </ol>
    </section>
  );
}

function Item({ step, isDone }: { readonly step: Step; readonly isDone: boolean }) {
  const t = useTexts();
  const { isDev } = useSession();
  const [title, hint] = t.start.steps[step];
  return (
    <li className="checklist-step">
      {isDone ? (
        <CheckCircleFilled className="check" role="img" aria-label={t.start.isDone} />
      ) : (
        <span className="check open" />
      )}
      <span>
        <StepLink step={step} title={title} />
        {!isDone && <small>{hint}</small>}
        {!isDone && step === 'message' && isDev && <Link to="/connect">{t.pages.connect}</Link>}
      </span>
    </li>
  );
}

/** A link to the page of a step. In the emulator everybody can open an inbox; elsewhere people need a sign-in link. */
function StepLink({ step, title }: { readonly step: Step; readonly title: string }) {
  const { isDev } = useSession();
  if (step !== 'read') return <Link to={paths[step]}>{title}</Link>;
  return isDev ? <a href="/">{title}</a> : <Link to={paths.people}>{title}</Link>;
}
