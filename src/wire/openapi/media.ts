/** The calls for uploaded files, on the paths of the vendor and on our own. */

import type { ErrorCode } from '../errors.ts';
import * as own from '../own/media.ts';
import * as vendor from '../vendor/media-schemas.ts';
import type { Call, Named } from './call.ts';
import { bodyErrors, callerErrors } from './vendor.ts';

const mediaId = '@lKq3v0Zt8Xn2bWcYh5Jm9RfTs7UdPa4e';
const file = {
  mediaId,
  type: 'image' as const,
  name: '海报.png',
  mime: 'image/png',
  size: 48_213,
  createdAt: 1778481600000,
  usedAt: 1778481600000,
};
const listed: Named = { name: 'ListedMedia', schema: own.listedMedia, example: file };
const form: Named = { name: 'MediaForm', schema: own.mediaForm, mediaType: 'multipart/form-data' };
const bytes = {
  mediaType: 'application/octet-stream',
  description: 'The file; a part of it (206) if the request has a Range.',
};
const uploadErrors: readonly ErrorCode[] = [
  'huizhi.badRequest',
  'huizhi.tooLarge',
  'huizhi.requestTimeout',
  'huizhi.busy',
  'huizhi.notFound',
  'huizhi.conflict',
  'system.error',
];

/** The calls on the vendor's paths. */
export const vendorMediaCalls: readonly Call[] = [
  {
    method: 'post',
    path: '/media/upload',
    id: 'uploadMedia',
    tag: 'media',
    isOldHost: true,
    summary: 'Uploads a picture, voice, video or file: always HTTP 200, with the result in errcode',
    query: vendor.mediaUploadQuery,
    body: { name: 'MediaUploadBody', schema: vendor.mediaUploadBody, mediaType: 'multipart/form-data' },
    answer: {
      name: 'MediaUploadAnswer',
      schema: vendor.mediaUploadAnswer,
      example: { errcode: 0, errmsg: 'ok', media_id: mediaId, created_at: 1778481600000, type: 'image' },
    },
    errors: [],
  },
  {
    method: 'post',
    path: '/v1.0/robot/messageFiles/download',
    id: 'downloadMessageFile',
    tag: 'robot',
    summary: 'Returns the address of a file in a message that the robot has received',
    body: {
      name: 'FileDownloadBody',
      schema: vendor.fileDownloadBody,
      example: {
        downloadCode: 'mIofN681YE3f/+m+NntqpSR3zR8vFtvMxXqgGm5B7Zx0oA3uVkq1',
        robotCode: 'dingzxcifuvdfbvegdf',
      },
    },
    answer: {
      name: 'FileDownloadAnswer',
      schema: vendor.fileDownloadAnswer,
      example: { downloadUrl: 'http://localhost:8720/downloads/5f3c9e….file' },
    },
    errors: [
      ...callerErrors,
      ...bodyErrors,
      'MissingdownloadCode',
      'MissingrobotCode',
      'invalidParameter.param.invalid',
      'invalidParameter.robotCode.empty',
      'invalidParameter.robotCode.auth',
      'invalidParameter.robotCode.downloadCode',
      'system.error',
    ],
  },
];

/** The calls on our own paths. */
export const ownMediaCalls: readonly Call[] = [
  {
    method: 'get',
    path: '/downloads/{name}',
    id: 'downloadFile',
    tag: 'operations',
    summary: 'Returns the file of an address that messageFiles/download has returned, for an hour',
    answer: bytes,
    errors: ['huizhi.notFound', 'system.error'],
  },
  {
    method: 'get',
    path: '/inbox/v1/messages/{messageId}/media/{mediaId}',
    id: 'showMedia',
    tag: 'inbox',
    summary: 'Returns a file that a message of the recipient names',
    answer: bytes,
    errors: ['huizhi.unauthorized', 'huizhi.notFound', 'system.error'],
  },
  {
    method: 'get',
    path: '/console/v1/media',
    id: 'listMedia',
    tag: 'console',
    summary: 'Lists the uploaded files of an organization, newest first',
    query: own.mediaQuery,
    answer: { name: 'MediaAnswer', schema: own.mediaAnswer, example: { media: [file], cursor: null } },
    errors: ['huizhi.unauthorized', 'huizhi.tooManyRequests', 'huizhi.notFound', 'system.error'],
  },
  {
    method: 'get',
    path: '/console/v1/media/usage',
    id: 'mediaUsage',
    tag: 'console',
    summary: 'Returns how much space the files of an organization use',
    query: own.mediaCorpQuery,
    answer: {
      name: 'MediaUsageAnswer',
      schema: own.mediaUsageAnswer,
      example: { bytes: 48_213, files: 1, quota: 10_737_418_240 },
    },
    errors: ['huizhi.unauthorized', 'huizhi.tooManyRequests', 'huizhi.notFound', 'system.error'],
  },
  {
    method: 'post',
    path: '/console/v1/media',
    id: 'addMedia',
    tag: 'console',
    summary: 'Uploads a file for an organization',
    query: own.newMediaQuery,
    body: form,
    answer: listed,
    errors: ['huizhi.unauthorized', 'huizhi.tooManyRequests', ...uploadErrors],
  },
  {
    method: 'get',
    path: '/console/v1/media/{mediaId}/content',
    id: 'mediaContent',
    tag: 'console',
    summary: 'Returns an uploaded file',
    query: own.mediaCorpQuery,
    answer: bytes,
    errors: ['huizhi.unauthorized', 'huizhi.tooManyRequests', 'huizhi.notFound', 'system.error'],
  },
  {
    method: 'delete',
    path: '/console/v1/media/{mediaId}',
    id: 'removeMedia',
    tag: 'console',
    summary: 'Deletes an uploaded file; messages that name it show a placeholder',
    query: own.mediaCorpQuery,
    answer: { name: 'MediaRemovalAnswer', schema: own.mediaRemovalAnswer, example: {} },
    errors: ['huizhi.unauthorized', 'huizhi.tooManyRequests', 'huizhi.notFound', 'system.error'],
  },
  {
    method: 'post',
    path: '/emulator/v1/media',
    id: 'putMedia',
    tag: 'emulator',
    summary: 'Uploads a file for an organization, without a token',
    query: own.emulatorMediaQuery,
    body: form,
    answer: listed,
    errors: uploadErrors,
  },
  {
    method: 'post',
    path: '/emulator/v1/downloadCodes',
    id: 'createDownloadCode',
    tag: 'emulator',
    summary: 'Creates the downloadCode of a file, as in a message that the robot has received',
    body: {
      name: 'DownloadCodeBody',
      schema: own.downloadCodeBody,
      example: { robotCode: 'dingzxcifuvdfbvegdf', mediaId },
    },
    answer: {
      name: 'DownloadCodeAnswer',
      schema: own.downloadCodeAnswer,
      example: { downloadCode: 'mIofN681YE3f/+m+NntqpSR3zR8vFtvMxXqgGm5B7Zx0oA3uVkq1', expiresAt: 1778568000000 },
    },
    errors: ['huizhi.notFound', 'system.error'],
  },
];
