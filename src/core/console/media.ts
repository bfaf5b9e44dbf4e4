import type { Media } from '../../store/model.ts';
import { huizhiError } from '../../wire/errors.ts';
import type { Context } from '../context.ts';
import { formatCursor, parseNumberCursor } from '../cursor.ts';
import { makeChanges } from './changes.ts';
import { type Page, requireOrganization } from './message-list.ts';
import type { Operator } from './operators.ts';

/** Renders a file for operators. */
export function showMedia({ code, type, name, mime, size, createdAt, usedAt }: Media) {
  return { mediaId: code, type, name, mime, size, createdAt, usedAt };
}

/** Returns a page of an organization's files, newest first. Throws `huizhi.notFound`, `huizhi.badRequest`. */
export async function listMedia(context: Context, corpCode: string, { limit, cursor }: Page) {
  const { corpId } = requireOrganization(context, corpCode);
  const found = await context.store.media.page(corpId, parseNumberCursor(cursor), limit + 1);
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return { media: shown.map(showMedia), cursor: last && found.length > limit ? formatCursor(last.id) : null };
}

/** Returns how much of its space an organization uses, in bytes. Throws `huizhi.notFound`. */
export async function getMediaUsage(context: Context, corpCode: string) {
  const { corpId } = requireOrganization(context, corpCode);
  return { ...(await context.store.media.usage(corpId)), quota: context.options.mediaQuota };
}

/** Finds a file of an organization. Throws `huizhi.notFound`. */
export async function findMedia(context: Context, corpCode: string, mediaId: string): Promise<Media> {
  const { corpId } = requireOrganization(context, corpCode);
  const media = await context.store.media.find(corpId, mediaId);
  if (!media) throw huizhiError('huizhi.notFound', `no file ${mediaId.slice(0, 200)} in ${corpCode}`);
  return media;
}

/** Writes the audit entry of a file that an operator has uploaded. */
export async function auditUpload(context: Context, operator: Operator, media: Media): Promise<void> {
  const { corpId, code: target } = media;
  await makeChanges(context, operator, [], {
    corpId,
    action: 'media.upload',
    target,
    was: null,
    became: describe(media),
  });
}

/** Deletes a file; messages that name it show a placeholder. Throws `huizhi.notFound`. */
export async function removeMedia(context: Context, operator: Operator, corpCode: string, mediaId: string) {
  const media = await findMedia(context, corpCode, mediaId);
  const { corpId, id } = media;
  const entry = { corpId, action: 'media.remove', target: mediaId, was: describe(media), became: null };
  await makeChanges(context, operator, [], entry);
  if (!(await context.store.media.remove(corpId, id)))
    throw huizhiError('huizhi.notFound', 'the file was deleted already');
  return {};
}

const describe = ({ type, name, size }: Media) => ({ type, name, size });
