import { requireCaller } from '../../core/access/caller.ts';
import { openDownloadCode } from '../../core/media/download.ts';
import type { FileDownloadAnswer, MediaUploadAnswer } from '../../wire/vendor/media-schemas.ts';
import { receiveMedia } from '../server/body/receive-media.ts';
import { findOrigin, streamBody } from '../server/call.ts';
import { findValidParameter } from '../server/query.ts';
import type { RouteRequest, Success } from '../server/route.ts';

/** `POST /v1.0/robot/messageFiles/download` */
export async function downloadMessageFile({ context, call, caller, body }: RouteRequest): Promise<string> {
  const { downloadCode, robotCode } = body;
  const path = await openDownloadCode(context, requireCaller(caller), { downloadCode, robotCode });
  const origin = context.options.publicUrl ?? findOrigin(call);
  return JSON.stringify({ downloadUrl: `${origin}${path}` } satisfies FileDownloadAnswer);
}

/** `POST /media/upload` */
export async function uploadMedia({ context, call, caller }: RouteRequest): Promise<Success> {
  const { count, value } = findValidParameter(call.query, 'type');
  const { organization, app } = requireCaller(caller);
  const { corpId } = organization;
  const media = await receiveMedia(context, corpId, {
    contentType: call.header('content-type'),
    contentLength: call.header('content-length'),
    type: count === 0 ? undefined : value,
    stream: (limit) => streamBody(call, limit, { corpId, appId: app.id }),
  });
  const { code: media_id, createdAt: created_at, type, name, size } = media;
  const answer: MediaUploadAnswer = { errcode: 0, errmsg: 'ok', media_id, created_at, type };
  return { body: JSON.stringify(answer), received: JSON.stringify({ type, media: { name, size } }) };
}
