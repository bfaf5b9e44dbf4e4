import { Table, type TableColumnsType, type TableProps, Tag } from 'antd';
import type { ConsoleMessageDetail, ConsoleRecipient } from '../../../src/client/answers.ts';
import { UserLine } from '../../shared/bidi.tsx';
import { useFormat } from '../parts/format.ts';
import { Time } from '../parts/time.tsx';
import { useTexts } from '../preferences.ts';
import { useParameters } from '../route.tsx';

type Props = { readonly message: ConsoleMessageDetail };

/** The recipients of a message as they stand, in the order of the send or of a column. */
export function Recipients({ message }: Props) {
  const t = useTexts();
  const { orderOf, onChange } = useOrder();
  return (
    <section className="box flush" aria-label={t.message.recipients}>
      <p className="unseen" role="status">
        {t.readOf(message.readCount, message.recipientCount)}
      </p>
      <Table<ConsoleRecipient>
        size="middle"
        rowKey="userId"
        columns={useColumns(message, orderOf)}
        dataSource={[...message.recipients]}
        onChange={onChange}
        pagination={false}
        tableLayout="fixed"
      />
    </section>
  );
}

type Order = 'ascend' | 'descend' | null;
type OnChange = NonNullable<TableProps<ConsoleRecipient>['onChange']>;

/** The order stands in the address: `sort=readAt`, or `sort=-readAt` for the last first. */
function useOrder() {
  const [parameters, change] = useParameters();
  const sort = parameters.get('sort') ?? '';
  const [column, order] = sort.startsWith('-') ? [sort.slice(1), 'descend' as const] : [sort, 'ascend' as const];
  const onChange: OnChange = (_, __, given) => {
    const chosen = [given].flat()[0];
    change({ sort: chosen?.order ? `${chosen.order === 'descend' ? '-' : ''}${chosen.columnKey}` : undefined });
  };
  return { orderOf: (name: string): Order => (name === column ? order : null), onChange };
}

/** Who has not read comes last. */
const whenRead = ({ readAt }: ConsoleRecipient) => readAt ?? Number.MAX_SAFE_INTEGER;

function useColumns(
  { sentAt }: ConsoleMessageDetail,
  orderOf: (name: string) => Order,
): TableColumnsType<ConsoleRecipient> {
  const t = useTexts();
  const format = useFormat();
  const byTime = (name: string) => ({
    key: name,
    sorter: (a: ConsoleRecipient, b: ConsoleRecipient) => whenRead(a) - whenRead(b),
    sortOrder: orderOf(name),
  });
  return [
    {
      title: t.message.recipient,
      key: 'name',
      sorter: (a, b) => a.name.localeCompare(b.name, format.locale),
      sortOrder: orderOf('name'),
      render: (_, { name, userId }) => (
        <span className="main-cell">
          <UserLine>{name}</UserLine>
          <UserLine isSmall>{userId}</UserLine>
        </span>
      ),
    },
    {
      title: t.message.state,
      key: 'state',
      width: 124,
      render: (_, { readAt, manner }) => (
        <span className="main-cell">
          <Tag color={readAt === null ? 'default' : 'success'}>
            {readAt === null ? t.message.isUnread : t.message.isRead}
          </Tag>
          {manner !== null && (
            <span className="manner one-line" title={t.message.mannerHints[manner]}>
              {t.message.manners[manner]}
            </span>
          )}
        </span>
      ),
    },
    {
      title: t.message.readAt,
      ...byTime('readAt'),
      responsive: ['sm'],
      render: (_, { readAt }) => <Time at={readAt} />,
    },
    {
      title: t.message.after,
      ...byTime('after'),
      width: 108,
      render: (_, { readAt }) => (
        <span className="number">{readAt === null ? '–' : format.duration(readAt - sentAt)}</span>
      ),
    },
  ];
}
