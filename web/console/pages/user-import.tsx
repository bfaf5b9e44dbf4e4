import { UploadOutlined } from '@ant-design/icons';
import { Alert, Button, Input, Modal, Space } from 'antd';
import { type ChangeEvent, useRef, useState } from 'react';
import type { UserImportAnswer } from '../../../src/client/answers.ts';
import { useUnsaved } from '../../shared/unsaved.ts';
import { useRestoreFocus } from '../parts/focus.ts';
import { useFormChange } from '../parts/refusal.tsx';
import { useTexts } from '../texts/use-texts.ts';

type Props = { readonly corpId: string; readonly onClose: () => void; readonly onChanged: () => void };

/** Imports users from CSV: first a preview with all wrong lines, then, if there are none, the import itself. */
export function UserImport({ corpId, onClose, onChanged }: Props) {
  const t = useTexts();
  const { change, refusal } = useFormChange();
  useRestoreFocus();
  const [csv, setCsv] = useState('');
  useUnsaved(csv !== '');
  const [checked, setChecked] = useState<{ readonly csv: string; readonly answer: UserImportAnswer }>();
  const [busy, setBusy] = useState(false);
  const run = async (dryRun: boolean) => {
    setBusy(true);
    const answer = await change<UserImportAnswer>(
      'POST',
      '/console/v1/users/import',
      { corpId, csv, dryRun },
      dryRun ? undefined : t.users.imported,
    );
    setBusy(false);
    if (!answer) return;
    if (dryRun || answer.errors.length > 0) return setChecked({ csv, answer });
    onChanged();
    onClose();
  };
  // The text may be edited while it is being checked, so a preview is shown only for the text that it belongs to.
  const preview = checked?.csv === csv ? checked.answer : undefined;
  const changes = preview?.errors.length === 0 ? preview.created + preview.renamed + preview.changed : 0;
  const cancel = <Button onClick={onClose}>{t.cancel}</Button>;
  const check = (
    <Button
      type={changes > 0 ? 'default' : 'primary'}
      disabled={!csv.trim()}
      loading={busy && !preview}
      onClick={() => run(true)}
    >
      {t.users.preview}
    </Button>
  );
  const apply = changes > 0 && (
    <Button type="primary" loading={busy} onClick={() => run(false)}>
      {t.users.apply(changes)}
    </Button>
  );
  const footer = (
    <Space wrap>
      {cancel}
      {check}
      {apply}
    </Space>
  );
  return (
    <Modal open width={640} title={t.users.importTitle} onCancel={onClose} footer={footer}>
      {refusal}
      <CsvFields csv={csv} onText={setCsv} />
      <div aria-live="polite">{preview && <Preview preview={preview} />}</div>
    </Modal>
  );
}

function CsvFields({ csv, onText }: { readonly csv: string; readonly onText: (text: string) => void }) {
  const t = useTexts();
  return (
    <>
      <p className="spaced soft">{t.users.importHint}</p>
      <FileChoice onText={onText} />
      <Input.TextArea
        className="spaced csv"
        dir="auto"
        aria-label={t.users.text}
        rows={8}
        value={csv}
        placeholder={'userId,name\nuser100,王小明'}
        onChange={(event) => onText(event.target.value)}
        spellCheck={false}
      />
    </>
  );
}

function FileChoice({ onText }: { readonly onText: (text: string) => void }) {
  const t = useTexts();
  const input = useRef<HTMLInputElement>(null);
  const read = async ({ target }: ChangeEvent<HTMLInputElement>) => {
    const [file] = target.files ?? [];
    if (file) onText(decodeText(await file.arrayBuffer()));
    // Without this, selecting the same file again after correcting it would not fire an event.
    target.value = '';
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".csv,text/csv,text/plain"
        hidden
        aria-label={t.users.file}
        onChange={read}
      />
      <Button className="spaced" icon={<UploadOutlined />} onClick={() => input.current?.click()}>
        {t.users.file}
      </Button>
    </>
  );
}

/**
 * Decodes UTF-8, UTF-16LE with a byte order mark, or GB 18030. Spreadsheet programs write the latter two, GB 18030 in
 * China.
 */
function decodeText(bytes: ArrayBuffer): string {
  const [first, second] = new Uint8Array(bytes);
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}

function Preview({ preview }: { readonly preview: UserImportAnswer }) {
  const t = useTexts();
  const { created, renamed, changed, unchanged, errors } = preview;
  if (errors.length > 0) return <Errors errors={errors} />;
  return (
    <>
      {created + renamed + changed === 0 && (
        <Alert className="spaced" type="info" showIcon title={t.users.nothingToDo} />
      )}
      <dl className="figures">
        {[
          [t.users.wouldCreate, created],
          [t.users.wouldRename, renamed],
          [t.users.unchanged, unchanged],
        ].map(([name, count]) => (
          <div className="figure" key={name}>
            <dt>{name}</dt>
            <dd>{count}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** The maximum number of wrong lines that the server reports. */
const maxErrors = 200;

function Errors({ errors }: { readonly errors: UserImportAnswer['errors'] }) {
  const t = useTexts();
  return (
    <>
      <Alert
        className="spaced"
        type="error"
        showIcon
        title={t.users.errors(errors.length, errors.length < maxErrors)}
      />
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t.users.line}</th>
            <th scope="col">{t.users.problem}</th>
          </tr>
        </thead>
        <tbody>
          {errors.map(({ line, message }) => (
            <tr key={`${line} ${message}`}>
              <td className="number">{line}</td>
              <td dir="auto">{t.said(message)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
