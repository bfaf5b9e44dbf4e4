import { Agent, request as httpRequest } from 'node:http';
import type { Fields, Server } from './harness.ts';
import { fieldsOf } from './harness.ts';

export type Part = {
  readonly name: string;
  readonly value: string | Uint8Array;
  /** The name of a file; null sends a file without one. */
  readonly fileName?: string | null;
};

const boundary = 'b0und4ry-of-a-form';
export const formType = `multipart/form-data; boundary=${boundary}`;

/** A form as browsers and most libraries send it. */
export function formOf(parts: readonly Part[], end = `--${boundary}--\r\n`): Buffer {
  const pieces = parts.flatMap(({ name, value, fileName }) => {
    const file = fileName == null ? '' : `; filename="${fileName}"`;
    const type = fileName === undefined ? '' : 'Content-Type: application/octet-stream\r\n';
    return [`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n${type}\r\n`, value, '\r\n'];
  });
  return Buffer.concat([...pieces, end].map((piece) => Buffer.from(piece)));
}

/** The parts of a form with a file, its type first. */
export function fileParts(
  type: string | undefined,
  value: string | Uint8Array,
  fileName: string | null = 'a.png',
): Part[] {
  const file = { name: 'media', value, fileName };
  return type === undefined ? [file] : [{ name: 'type', value: type }, file];
}

export type UploadReply = { readonly status: number; readonly text: string; readonly body: Fields };

const agent = new Agent({ keepAlive: true });

/** Sends a form to the upload call; `type` is the content type of the request. */
export function postForm(
  { url }: Pick<Server, 'url'>,
  query: Readonly<Record<string, string>>,
  body: Uint8Array,
  headers: Readonly<Record<string, string>> = { 'content-type': formType },
  path = '/media/upload',
): Promise<UploadReply> {
  return new Promise((resolve, reject) => {
    const target = `${url}${path}?${new URLSearchParams(query)}`;
    const request = httpRequest(target, { agent, method: 'POST', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text, body: fieldsOf(text) }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Uploads a file, and returns its media_id. */
export async function uploaded(
  server: Pick<Server, 'url'>,
  token: string,
  type: string,
  bytes: Uint8Array,
  name = 'file.bin',
): Promise<string> {
  const reply = await postForm(server, { access_token: token, type }, formOf(fileParts(undefined, bytes, name)));
  const { media_id: mediaId } = reply.body;
  if (typeof mediaId !== 'string') throw new Error(`the upload was refused: ${reply.text}`);
  return mediaId;
}
