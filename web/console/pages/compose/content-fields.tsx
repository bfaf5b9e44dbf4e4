import { Form, Input, Select } from 'antd';
import { useTexts } from '../../texts/use-texts.ts';
import { type Field, kinds, type Uploaded } from './kinds.ts';
import { Upload } from './upload.tsx';

type Props = { readonly corpId: string; readonly msgKey: string };

/** The fields for the kind and the content of a message. */
export function ContentFields({ corpId, msgKey }: Props) {
  const t = useTexts();
  const kind = kinds[msgKey];
  const options = Object.keys(kinds).map((value) => ({ value, label: t.kinds[value] ?? value }));
  return (
    <>
      <Form.Item name="msgKey" label={t.compose.kind}>
        <Select options={options} />
      </Form.Item>
      {kind?.fields.map((field) => (
        <ContentField key={field.name} corpId={corpId} field={field} />
      ))}
      {kind?.file && (
        <Form.Item
          key={msgKey}
          name={['files', msgKey]}
          label={t.compose.fields.file}
          rules={[{ required: true, message: t.compose.noFile }]}
        >
          <FileField corpId={corpId} type={kind.file.type} accept={kind.file.accept} />
        </Form.Item>
      )}
    </>
  );
}

function ContentField({ corpId, field }: { readonly corpId: string; readonly field: Field }) {
  const t = useTexts();
  const { name, input, isOptional = false } = field;
  const isPicture = input === 'picture';
  const hint = isPicture ? t.compose.pictureHint : name === 'title' ? t.compose.titleHint : undefined;
  return (
    <Form.Item
      name={['values', name]}
      label={isOptional ? t.compose.pictureOptional : field.label(t.compose.fields)}
      extra={hint}
      rules={isOptional ? [] : [{ required: true, whitespace: true, message: t.required }]}
    >
      {isPicture ? (
        <PictureField corpId={corpId} />
      ) : input === 'area' ? (
        <Input.TextArea rows={6} dir="auto" />
      ) : (
        <Input autoComplete="off" dir={input === 'url' ? 'ltr' : 'auto'} />
      )}
    </Form.Item>
  );
}

type PictureProps = {
  readonly corpId: string;
  readonly id?: string;
  readonly value?: string;
  readonly onChange?: (url: string) => void;
};

/** The address of a picture, or the id of an uploaded one. A control of a form. */
function PictureField({ corpId, id, value = '', onChange }: PictureProps) {
  return (
    <span className="picture-field">
      <Input
        autoComplete="off"
        dir="ltr"
        value={value}
        onChange={({ target }) => onChange?.(target.value)}
        {...(id && { id })}
      />
      <Upload
        corpId={corpId}
        type="image"
        accept="image/jpeg,image/png,image/gif,image/bmp"
        onUploaded={({ media }) => onChange?.(media.mediaId)}
      />
    </span>
  );
}

type FileProps = {
  readonly corpId: string;
  readonly type: NonNullable<(typeof kinds)[string]['file']>['type'];
  readonly accept: string;
  readonly id?: string;
  readonly onChange?: (file: Uploaded) => void;
};

/** A file that is uploaded. A control of a form. */
function FileField({ onChange, id, ...rest }: FileProps) {
  return <Upload {...rest} {...(id && { id })} onUploaded={(file) => onChange?.(file)} />;
}
