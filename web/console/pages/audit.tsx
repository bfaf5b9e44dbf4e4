import { Tag } from 'antd';
import { useMemo } from 'react';
import type { AuditAnswer, ConsoleOperator, OperatorsAnswer } from '../../../src/client/answers.ts';
import { isolate } from '../../shared/isolate.ts';
import { useList } from '../data/list.ts';
import { operators, type Source } from '../data/sources.ts';
import { FilterChoice } from '../parts/choices/filter-choice.tsx';
import { useFilters } from '../parts/choices/select-filter.tsx';
import { Head, Nothing } from '../parts/common.tsx';
import { type Column, List } from '../parts/lists/list.tsx';
import { TwoLines } from '../parts/lists/two-lines.tsx';
import { Time } from '../parts/time.tsx';
import { useParameters } from '../route.tsx';
import { useSession } from '../session.tsx';
import { useTexts } from '../texts/use-texts.ts';

type Entry = AuditAnswer['entries'][number];

/** The audit log: all changes by operators, newest first. */
export default function Audit() {
  const t = useTexts();
  const query = useFilters(['operatorId'], {});
  const path = `/console/v1/audit${query.size > 0 ? `?${query}` : ''}`;
  const list = useList<Entry, AuditAnswer>(path, (page) => page.entries);
  const columns: readonly Column<Entry>[] = [
    {
      key: 'action',
      title: t.audit.action,
      cell: (entry) => (
        <span className="main-cell">
          <span>
            <Tag>{entry.action}</Tag>
          </span>
          <small className="one-line">
            {[...new Set([entry.target, entry.corpId])].filter(isGiven).map(isolate).join(' · ')}
          </small>
        </span>
      ),
    },
    { key: 'change', title: t.audit.change, from: 'md', cell: (entry) => <Change entry={entry} /> },
    {
      key: 'actor',
      title: t.audit.actor,
      width: 150,
      cell: (entry) => <Who entry={entry} />,
    },
    { key: 'at', title: t.audit.at, width: 190, cell: ({ at }) => <Time at={at} /> },
  ];
  return (
    <>
      <Head title={t.pages.audit} hint={t.audit.hint} />
      <OperatorFilter />
      <List
        name={t.pages.audit}
        list={list}
        columns={columns}
        keyOf={({ id }) => String(id)}
        empty={<Nothing text={query.size > 0 ? t.operators.noEntries : t.audit.nothing} />}
      />
    </>
  );
}

/** The operators, and before them the admin token, which acts as one. */
type Actor = Pick<ConsoleOperator, 'operatorId' | 'name'>;

const tokenId = 'adminToken';

function OperatorFilter() {
  const t = useTexts();
  const { has } = useSession();
  const [parameters, change] = useParameters();
  const token = useMemo(() => ({ operatorId: tokenId, name: t.audit.token }), [t]);
  const source = useMemo((): Source<Actor, OperatorsAnswer> => {
    // Only the first page has a total.
    return { ...operators, itemsOf: (page) => [...(page.total ? [token] : []), ...page.operators] };
  }, [token]);
  if (!has('operators.read')) return null;
  return (
    <search className="box">
      <div className="filters">
        <FilterChoice
          label={t.operators.operator}
          source={source}
          value={parameters.get('operatorId') ?? undefined}
          chosen={token}
          placeholder={t.all}
          onChange={(operatorId) => change({ operatorId })}
        />
      </div>
    </search>
  );
}

/** Who made a change. */
function Who({ entry: { operator, actor } }: { readonly entry: Entry }) {
  const t = useTexts();
  if (!operator) return <bdi>{actor}</bdi>;
  if (operator.operatorId === tokenId) return t.audit.token;
  const { roleNames } = t.operators;
  const role = operator.role ?? '';
  return <TwoLines first={operator.name} second={isRole(role, roleNames) ? roleNames[role] : role} />;
}

const isRole = <T extends object>(role: PropertyKey, names: T): role is keyof T => Object.hasOwn(names, role);

/** The fields whose values changed, such as `name: 曲 → 曲大岳`. */
function Change({ entry: { before, after } }: { readonly entry: Entry }) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const changed = names.filter((name) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]));
  return (
    <span className="pre-wrap">
      {changed
        .map((name) => `${name}: ${before ? `${formatValue(before[name])} → ` : ''}${formatValue(after?.[name])}`)
        .join('\n')}
    </span>
  );
}

const isGiven = (text: string | null | undefined): text is string => Boolean(text);

function formatValue(value: unknown): string {
  if (value === undefined || value === null) return '–';
  return isolate(typeof value === 'string' ? value : JSON.stringify(value));
}
