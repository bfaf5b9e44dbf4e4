/** Schemas of the calls for uploaded files of the console, the inbox and the emulator. */
import { z } from 'zod';
import { code, epochMs, strictObject } from '../schema.ts';
import { mediaTypes } from '../vendor/media.ts';
import { pageCursor, pageParameters } from './console.ts';

const type = z.enum(mediaTypes);

/** Query parameters of `GET /console/v1/media`. */
export const mediaQuery = strictObject({ corpId: code(), ...pageParameters });

/** Query parameters of calls for the files of one organization. */
export const mediaCorpQuery = strictObject({ corpId: code() });

/** Query parameters of `POST /console/v1/media`. */
export const newMediaQuery = strictObject({
  corpId: code(),
  type: type.optional().describe('Type of the file, unless the form has it.'),
});

/** Query parameters of `POST /emulator/v1/media`. */
export const emulatorMediaQuery = newMediaQuery;

/** Request body of calls with a file, a form (multipart/form-data). */
export const mediaForm = z.object({
  type: type.optional(),
  media: z.string().describe('The file, with its name.').meta({ format: 'binary' }),
});

/** An uploaded file. */
export const listedMedia = z.object({
  mediaId: z.string(),
  type,
  name: z.string(),
  mime: z.string().describe('The content type that the content of the file has.'),
  size: z.int().min(1).describe('Bytes.'),
  createdAt: epochMs(),
  usedAt: epochMs().describe('When it was last sent in a message, to the day; retention counts from here.'),
});
export type ListedMedia = z.infer<typeof listedMedia>;

/** Response of `GET /console/v1/media`, newest first. */
export const mediaAnswer = z.object({ media: z.array(listedMedia), cursor: pageCursor });
export type MediaAnswer = z.infer<typeof mediaAnswer>;

/** Response of `GET /console/v1/media/usage`. */
export const mediaUsageAnswer = z.object({
  bytes: z.int().min(0).describe('Bytes of all files, and of uploads under way.'),
  files: z.int().min(0),
  quota: z.int().min(0).describe('The bytes that the files of an organization may have together.'),
});
export type MediaUsageAnswer = z.infer<typeof mediaUsageAnswer>;

/** Response of `DELETE /console/v1/media/{mediaId}`. */
export const mediaRemovalAnswer = z.object({});

/** Request body of `POST /emulator/v1/downloadCodes`. */
export const downloadCodeBody = strictObject({
  robotCode: code(),
  mediaId: z.string().min(1).max(200).describe('A file of an organization in which the robot is installed.'),
});

/** Response of `POST /emulator/v1/downloadCodes`. */
export const downloadCodeAnswer = z.object({ downloadCode: z.string(), expiresAt: epochMs() });
