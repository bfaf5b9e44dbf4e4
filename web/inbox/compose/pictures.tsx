import { type ChangeEvent, useEffect, useId, useRef, useState } from 'react';
import { CloseIcon, ImageIcon } from '../icons.tsx';
import { useSpeech } from '../texts.ts';
import { acceptedIn, mediaTypeOf, mostFileBytes } from './files.ts';
import { type DraftPicture, findMarked, insertMark, mostPictures } from './parts.ts';

type Draft = { readonly text: string; readonly cursor: number };

/** The pictures of a draft. Each has a mark in the text; those whose marks were deleted are not sent. */
export function usePictures(text: string, onProblem: (problem: string) => void) {
  const { t } = useSpeech();
  const [added, setAdded] = useState<readonly DraftPicture[]>([]);
  return {
    pictures: findMarked(text, added),
    /** Adds pictures at the cursor. Returns the text with their marks, and where the cursor is then. */
    add(files: readonly File[], draft: Draft): Draft {
      const problem = findProblem(files, findMarked(text, added).length);
      onProblem(problem === undefined ? '' : t[problem]);
      if (problem !== undefined) return draft;
      const more = files.map((file, index) => ({ mark: t.pictureMark(added.length + index + 1), file }));
      setAdded([...added, ...more]);
      return more.reduce((so, { mark }) => insertMark(so.text, so.cursor, mark), draft);
    },
    clear: () => setAdded([]),
  };
}

function findProblem(files: readonly File[], count: number) {
  if (files.some((file) => mediaTypeOf(file) !== 'image')) return 'notAPicture' as const;
  if (files.some(({ size }) => size === 0 || size > mostFileBytes)) return 'fileTooLarge' as const;
  return count + files.length > mostPictures ? ('tooManyPictures' as const) : undefined;
}

/** A button that chooses pictures for the text that is being written. */
export function AddPictures({ onChoose }: { onChoose(files: readonly File[]): void }) {
  const { t } = useSpeech();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const onChange = ({ target }: ChangeEvent<HTMLInputElement>) => {
    const files = [...(target.files ?? [])];
    target.value = '';
    if (files.length > 0) onChoose(files);
  };
  return (
    <>
      <button type="button" className="round" aria-label={t.addPictures} onClick={() => input.current?.click()}>
        <ImageIcon />
      </button>
      <input
        {...{ ref: input, id, type: 'file', multiple: true, className: 'unseen', tabIndex: -1, onChange }}
        aria-label={t.choosePictures}
        accept={acceptedIn(true)}
      />
    </>
  );
}

type ListProps = { readonly pictures: readonly DraftPicture[]; onRemove(mark: string): void };

/** The pictures of the text that is being written, each with its mark and a button that removes it. */
export function DraftPictures({ pictures, onRemove }: ListProps) {
  const { t } = useSpeech();
  if (pictures.length === 0) return null;
  return (
    <ul className="draft-pictures" aria-label={t.draftPictures}>
      {pictures.map(({ mark, file }) => (
        <li key={mark} className="draft-picture">
          <Thumbnail file={file} />
          <span>{mark}</span>
          <button
            type="button"
            className="round small"
            aria-label={t.removePicture(mark)}
            onClick={() => onRemove(mark)}
          >
            <CloseIcon />
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Pixels of the longer side of a thumbnail, for screens with two pixels for each. */
const thumbnailSize = 80;

function Thumbnail({ file }: { readonly file: File }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [isBroken, setBroken] = useState(false);
  useEffect(() => {
    let isOver = false;
    createImageBitmap(file).then(
      (bitmap) => isOver || draw(bitmap, canvas.current),
      () => isOver || setBroken(true),
    );
    return () => {
      isOver = true;
    };
  }, [file]);
  return isBroken ? <ImageIcon /> : <canvas ref={canvas} className="thumbnail" width={0} height={0} />;
}

function draw(bitmap: ImageBitmap, canvas: HTMLCanvasElement | null): void {
  if (!canvas) return;
  const scale = Math.min(1, thumbnailSize / Math.max(bitmap.width, bitmap.height));
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
}
