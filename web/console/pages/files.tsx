import { DeleteOutlined, DownloadOutlined } from '@ant-design/icons';
import type { ListedMedia, MediaAnswer, MediaUsageAnswer } from '../../../src/client/answers.ts';
import { withoutControls } from '../../shared/isolate.ts';
import { useChange } from '../data/changes.ts';
import { useList } from '../data/list.ts';
import { useLoaded } from '../data/load.ts';
import { Failure, Head, Nothing } from '../parts/common.tsx';
import { useConfirm } from '../parts/confirm.ts';
import { CorpNeeded } from '../parts/corp-needed.tsx';
import { useFormat } from '../parts/format.ts';
import { type Column, List } from '../parts/lists/list.tsx';
import { type RowAction, RowActions } from '../parts/lists/row-actions.tsx';
import { TwoLines } from '../parts/lists/two-lines.tsx';
import { createMediaUrl } from '../parts/media-url.ts';
import { Time } from '../parts/time.tsx';
import { useTexts } from '../texts/use-texts.ts';

/** The files that programs have uploaded, and the space that they use. */
export default function Files() {
  const t = useTexts();
  return <CorpNeeded title={t.pages.files}>{(corpId) => <FilesOf corpId={corpId} />}</CorpNeeded>;
}

const path = '/console/v1/media';

function FilesOf({ corpId }: { readonly corpId: string }) {
  const t = useTexts();
  const confirm = useConfirm();
  const change = useChange();
  const query = new URLSearchParams({ corpId });
  const list = useList<ListedMedia, MediaAnswer>(`${path}?${query}`, (page) => page.media);
  const usage = useLoaded<MediaUsageAnswer>(`${path}/usage?${query}`);
  const remove = async ({ mediaId }: ListedMedia) => {
    if (!(await change('DELETE', `${path}/${encodeURIComponent(mediaId)}?${query}`, {}, t.saved))) return;
    list.reload();
    usage.reload();
  };
  const ask = (file: ListedMedia) =>
    confirm({
      title: t.files.removeTitle(withoutControls(file.name)),
      text: t.files.removeText,
      action: t.remove,
      run: () => remove(file),
    });
  return (
    <>
      <Head title={t.pages.files} hint={t.files.hint} />
      {usage.error && <Failure error={usage.error} onRetry={usage.reload} />}
      {usage.data && <Usage usage={usage.data} />}
      <List
        name={t.pages.files}
        list={list}
        columns={useColumns(corpId, ask)}
        keyOf={({ mediaId }) => mediaId}
        empty={<Nothing text={t.files.nothing} />}
      />
    </>
  );
}

/** How much of its quota an organization uses. */
function Usage({ usage: { bytes, quota, files } }: { readonly usage: MediaUsageAnswer }) {
  const t = useTexts();
  const format = useFormat();
  const share = quota === 0 ? 0 : Math.min(1, bytes / quota);
  return (
    <p className="share spaced">
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect className="share-all" width="100" height="6" rx="3" />
        <rect className="share-read" width={100 * share} height="6" rx="3" />
      </svg>
      <span>{t.files.usage(format.bytes(bytes), format.bytes(quota), files, format.number(files))}</span>
    </p>
  );
}

function useColumns(corpId: string, remove: (file: ListedMedia) => void): readonly Column<ListedMedia>[] {
  const t = useTexts();
  const format = useFormat();
  const urlOf = createMediaUrl(corpId);
  const actions = (file: ListedMedia): readonly RowAction[] => [
    {
      icon: <DownloadOutlined />,
      label: t.files.download,
      href: urlOf('', file.mediaId) ?? '',
      fileName: withoutControls(file.name),
    },
    { icon: <DeleteOutlined />, label: t.remove, right: 'media.change', isDanger: true, run: () => remove(file) },
  ];
  return [
    {
      key: 'name',
      title: t.files.name,
      cell: ({ name, mime }) => <TwoLines first={withoutControls(name)} second={mime} />,
    },
    { key: 'type', title: t.files.type, width: 90, cell: ({ type }) => t.files.types[type] ?? type },
    {
      key: 'size',
      title: t.files.size,
      width: 110,
      cell: ({ size }) => <span className="number">{format.bytes(size)}</span>,
    },
    {
      key: 'createdAt',
      title: t.files.uploaded,
      width: 190,
      from: 'lg',
      cell: ({ createdAt }) => <Time at={createdAt} />,
    },
    {
      key: 'usedAt',
      title: t.files.used,
      width: 140,
      from: 'md',
      cell: ({ usedAt }) => <span title={t.files.usedHint}>{format.day(usedAt)}</span>,
    },
    {
      key: 'actions',
      title: t.actions,
      width: 112,
      cell: (file) => <RowActions of={withoutControls(file.name)} actions={actions(file)} />,
    },
  ];
}
