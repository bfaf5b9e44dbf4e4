import type { Media } from '../../store/model.ts';
import { huizhiError, type WireError, wireError } from '../../wire/errors.ts';
import { downloadCodeWindow, downloadWindow } from '../../wire/limits.ts';
import type { Caller, Context } from '../context.ts';

/** A file in a message that a robot has received. */
export type ReceivedFile = {
  readonly corpId: number;
  readonly robotId: number;
  /** The number of the message; 0 if there is none. */
  readonly messageId: number;
  readonly mediaId: number;
};

/** Creates the downloadCode of a file in a message that a robot has received. It ends after 24 hours. */
export function createDownloadCode({ seal, clock }: Context, file: ReceivedFile) {
  const endsAt = clock.now() + downloadCodeWindow;
  return { downloadCode: seal.sealFile('downloadCode', { ...file, endsAt }), expiresAt: endsAt };
}

/**
 * Creates a downloadCode for a file of an organization in which a robot is installed, as if the robot had received the
 * file in a message. Throws `huizhi.notFound`.
 */
export async function createDownloadCodeFor(context: Context, robotCode: string, mediaId: string) {
  const { directory, store } = context;
  const robot = directory.now.robot(robotCode);
  if (!robot) throw huizhiError('huizhi.notFound', `no robot ${robotCode}`);
  for (const { corpId } of directory.now.installedIn(robot.id)) {
    const media = await store.media.find(corpId, mediaId);
    if (media) return createDownloadCode(context, { corpId, robotId: robot.id, messageId: 0, mediaId: media.id });
  }
  throw huizhiError('huizhi.notFound', `no organization of robot ${robotCode} has the file ${mediaId.slice(0, 200)}`);
}

/** The body of `messageFiles/download`. Both fields are present, but not yet validated. */
export type DownloadBody = { readonly downloadCode: unknown; readonly robotCode: unknown };

/**
 * Returns the path under which the file of a downloadCode can be downloaded for an hour. Throws a WireError, checked in
 * the order of the vendor's table.
 * https://open.dingtalk.com/document/development/download-the-file-content-of-the-robot-receiving-message
 */
export async function openDownloadCode(context: Context, caller: Caller, body: DownloadBody): Promise<string> {
  const robotCode = parseText(body.robotCode, 'robotCode');
  const downloadCode = parseText(body.downloadCode, 'downloadCode');
  const file = context.seal.openFile('downloadCode', downloadCode);
  const endsAt = context.clock.now();
  if (!file || file.endsAt < endsAt) throw codeError(file ? 'the downloadCode has ended' : 'no such downloadCode');
  const robot = context.directory.now.robot(robotCode);
  if (!robot || robot.id !== file.robotId)
    throw authError(
      '此downloadCode和机器人robotCode不匹配，请使用接收此条消息机器人robotCode和对应的downloadCode',
      `robot ${robotCode} has not received this file`,
    );
  if (robot.appId !== caller.app.id)
    throw authError(
      '该接口仅支持企业自建应用或三方应用授权调用',
      `robot ${robotCode} does not belong to app ${caller.app.code}`,
    );
  const { corpId } = caller.organization;
  if (file.corpId !== corpId)
    throw authError(
      '调用该接口的企业和此downloadCode对应机器人企业所属不同',
      'the file belongs to another organization',
    );
  const media = await context.store.media.findById(corpId, file.mediaId);
  if (!media) throw codeError('the file was deleted');
  const sealed = { corpId, robotId: 0, messageId: 0, mediaId: media.id, endsAt: endsAt + downloadWindow };
  return `/downloads/${context.seal.sealFile('download', sealed)}.file`;
}

/** Finds the file of a download address. Throws `huizhi.notFound`, also if the address has ended. */
export async function findDownload({ seal, clock, store }: Context, token: string): Promise<Media> {
  const file = seal.openFile('download', token);
  const media = file && file.endsAt >= clock.now() ? await store.media.findById(file.corpId, file.mediaId) : undefined;
  if (!media) throw huizhiError('huizhi.notFound', 'no file has this address, or the address has ended');
  return media;
}

function parseText(value: unknown, name: 'robotCode' | 'downloadCode'): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw wireError('invalidParameter.robotCode.empty', {
    why: `${name} is blank or no text`,
    message: `机器人${name}为空`,
  });
}

function codeError(why: string): WireError {
  return wireError('invalidParameter.robotCode.downloadCode', { why });
}

function authError(message: string, why: string): WireError {
  return wireError('invalidParameter.robotCode.auth', { why, message });
}
