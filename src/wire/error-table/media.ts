/**
 * The errors of downloading the file of a received message.
 * https://open.dingtalk.com/document/development/download-the-file-content-of-the-robot-receiving-message
 */
import { createRows } from './row.ts';

export const mediaRows = createRows('business', {
  'invalidParameter.robotCode.downloadCode': {
    status: 400,
    message: '下载码有误或者已经过期',
    summary: 'The downloadCode was not issued here or is older than 24 hours, or its file was deleted.',
  },
});
