/**
 * Schemas of the media calls.
 * https://open.dingtalk.com/document/development/upload-media-files
 * https://open.dingtalk.com/document/development/download-the-file-content-of-the-robot-receiving-message
 */
import { z } from 'zod';
import { mediaTypes } from './media.ts';

const type = z.enum(mediaTypes).describe('Type of the file; it decides which formats and sizes are accepted.');

/** Query parameters of `POST /media/upload`. */
export const mediaUploadQuery = z.object({
  type: type.optional().describe('Type of the file, unless the form has it.'),
});

/** Request body of `POST /media/upload`, a form (multipart/form-data). */
export const mediaUploadBody = z.object({
  type: type.optional(),
  media: z.string().describe('The file, with its name.').meta({ format: 'binary' }),
});

/** Response of `POST /media/upload`. Only a success has the fields of the file, and only an error the last three. */
export const mediaUploadAnswer = z.object({
  errcode: z.int(),
  errmsg: z.string(),
  media_id: z.string().optional().describe('Identifies the file in messages; begins with @.'),
  created_at: z.int().optional().describe('Epoch milliseconds.'),
  type: z.enum(mediaTypes).optional(),
  sub_code: z.string().optional(),
  sub_msg: z.string().optional(),
  request_id: z.string().optional(),
});
export type MediaUploadAnswer = z.infer<typeof mediaUploadAnswer>;

/** Request body of `POST /v1.0/robot/messageFiles/download`. */
export const fileDownloadBody = z.object({
  downloadCode: z.string().describe('The code in a message that the robot has received.'),
  robotCode: z.string().describe('Code of the robot that has received the message.'),
});

/** Response of `POST /v1.0/robot/messageFiles/download`. */
export const fileDownloadAnswer = z.object({
  downloadUrl: z.string().describe('Address of the file, without further credentials; valid for one hour.'),
});
export type FileDownloadAnswer = z.infer<typeof fileDownloadAnswer>;
