import {
  CheckCircleOutlined,
  DeleteOutlined,
  EditOutlined,
  LinkOutlined,
  PlusOutlined,
  StopOutlined,
} from '@ant-design/icons';
import { Button, Tag } from 'antd';
import { useState } from 'react';
import type { ConsoleOperator, OperatorsAnswer } from '../../../../src/client/answers.ts';
import { useChange } from '../../data/changes.ts';
import { useCorpNames } from '../../data/corp-names.ts';
import { useList } from '../../data/list.ts';
import { itemPath, operators } from '../../data/sources.ts';
import { Allowed } from '../../parts/allowed.tsx';
import { Head, Nothing } from '../../parts/common.tsx';
import { useConfirm } from '../../parts/confirm.ts';
import { type Column, List } from '../../parts/lists/list.tsx';
import { type RowAction, RowActions } from '../../parts/lists/row-actions.tsx';
import { TwoLines } from '../../parts/lists/two-lines.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { OperatorEdit } from './edit.tsx';
import { OperatorLink } from './link.tsx';

type Open = { readonly is: 'add' } | { readonly is: 'edit' | 'link'; readonly operator: ConsoleOperator };

/** The operators of the console with their roles. */
export default function Operators() {
  const t = useTexts();
  const list = useList<ConsoleOperator, OperatorsAnswer>(operators.path, operators.itemsOf);
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  return (
    <>
      <Head title={t.pages.operators} hint={t.operators.hint}>
        <Allowed right="operators.change">
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setOpen({ is: 'add' })}>
            {t.operators.add}
          </Button>
        </Allowed>
      </Head>
      <List
        name={t.pages.operators}
        list={list}
        columns={useColumns(list.items, useActions(setOpen, list.reload))}
        keyOf={operators.codeOf}
        empty={<Nothing text={t.operators.nothing} />}
      />
      {(open?.is === 'add' || open?.is === 'edit') && (
        <OperatorEdit
          operator={open.is === 'edit' ? open.operator : undefined}
          onClose={close}
          onChanged={list.reload}
        />
      )}
      {open?.is === 'link' && <OperatorLink operator={open.operator} onClose={close} />}
    </>
  );
}

type ActionsOf = (operator: ConsoleOperator) => readonly RowAction[];

function useActions(onOpen: (open: Open) => void, onChanged: () => void): ActionsOf {
  const t = useTexts();
  const confirm = useConfirm();
  const change = useChange();
  const pathOf = ({ operatorId }: ConsoleOperator) => itemPath(operators, operatorId);
  const toggle = async (operator: ConsoleOperator) => {
    if (await change('PUT', pathOf(operator), { disabled: !operator.disabled }, t.saved)) onChanged();
  };
  const remove = (operator: ConsoleOperator) =>
    confirm({
      title: t.operators.deleteTitle(operator.name),
      text: t.operators.deleteText,
      action: t.operators.delete,
      run: async () => {
        if (await change('DELETE', pathOf(operator), {}, t.operators.deleted)) onChanged();
      },
    });
  const right = 'operators.change';
  return (operator) => {
    const { link, enable, disable, delete: remover } = t.operators;
    const toggler = operator.disabled
      ? { icon: <CheckCircleOutlined />, label: enable }
      : { icon: <StopOutlined />, label: disable };
    return [
      // A disabled operator cannot sign in.
      ...(operator.disabled
        ? []
        : [{ right, icon: <LinkOutlined />, label: link, run: () => onOpen({ is: 'link', operator }) } as const]),
      { right, icon: <EditOutlined />, label: t.edit, run: () => onOpen({ is: 'edit', operator }) },
      { right, ...toggler, run: () => void toggle(operator) },
      { right, icon: <DeleteOutlined />, label: remover, isDanger: true, run: () => remove(operator) },
    ];
  };
}

function useColumns(shown: readonly ConsoleOperator[], actionsOf: ActionsOf): readonly Column<ConsoleOperator>[] {
  const t = useTexts();
  const namesOf = useCorpNames(shown.map(({ grants }) => grants.flatMap(({ corpId }) => corpId ?? [])));
  const placeOf = (corpId: string | null) => (corpId === null ? t.operators.allOrganizations : namesOf([corpId]));
  return [
    {
      key: 'name',
      title: t.users.name,
      cell: ({ name, email, operatorId }) => <TwoLines first={name} second={email ?? operatorId} />,
    },
    {
      key: 'roles',
      title: t.operators.roles,
      cell: ({ grants }) =>
        grants.length === 0 ? (
          <span className="soft">{t.operators.noRole}</span>
        ) : (
          <ul className="plain-list">
            {grants.map(({ role, corpId }) => (
              <li key={corpId}>
                <Tag>{t.operators.roleNames[role]}</Tag> <span className="soft">{placeOf(corpId)}</span>
              </li>
            ))}
          </ul>
        ),
    },
    {
      key: 'state',
      title: t.messages.status,
      width: 110,
      cell: ({ disabled }) => (
        <Tag color={disabled ? 'warning' : 'success'}>{t.operators.states[disabled ? 'disabled' : 'active']}</Tag>
      ),
    },
    {
      key: 'actions',
      title: t.actions,
      width: 192,
      cell: (operator) => <RowActions of={operator.name} actions={actionsOf(operator)} />,
    },
  ];
}
