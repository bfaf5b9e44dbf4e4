import { UploadOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { type ChangeEvent, useRef, useState } from 'react';
import type { ListedMedia } from '../../../../src/client/answers.ts';
import { describeFile } from '../../../inbox/compose/files.ts';
import { withoutControls } from '../../../shared/isolate.ts';
import { useFormChange } from '../../parts/refusal.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import type { Uploaded } from './kinds.ts';

type Props = {
  readonly corpId: string;
  readonly type: ListedMedia['type'];
  /** The formats that the chooser offers. */
  readonly accept: string;
  readonly onUploaded: (file: Uploaded) => void;
  readonly id?: string;
};

/** A button that uploads a file to the organization. */
export function Upload({ corpId, type, accept, onUploaded, id }: Props) {
  const t = useTexts();
  const { change, refusal } = useFormChange();
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [name, setName] = useState('');
  const upload = async ({ target }: ChangeEvent<HTMLInputElement>) => {
    const [file] = target.files ?? [];
    if (!file) return;
    setBusy(true);
    const form = new FormData();
    form.append('media', file);
    const path = `/console/v1/media?${new URLSearchParams({ corpId, type })}`;
    const media = await change<ListedMedia>('POST', path, form);
    const { duration } = await describeFile(file, type);
    setBusy(false);
    // Otherwise selecting the same file again would not fire an event.
    target.value = '';
    if (!media) return;
    setName(withoutControls(media.name));
    onUploaded({ media, duration });
  };
  return (
    <>
      {refusal}
      <input ref={input} type="file" accept={accept} hidden aria-label={t.compose.upload} onChange={upload} />
      <Button icon={<UploadOutlined />} loading={busy} onClick={() => input.current?.click()} {...(id && { id })}>
        {t.compose.upload}
      </Button>
      <span className="upload-state" role="status">
        {busy ? t.compose.uploading : name && t.compose.uploaded(name)}
      </span>
    </>
  );
}
