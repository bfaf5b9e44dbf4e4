import { isolate } from '../../shared/isolate.ts';

/** The texts of the page of files. */
export const filesEn = {
  hint: 'Files that programs have uploaded for their messages.',
  usage: (bytes: string, quota: string, count: number, written: string) =>
    `${bytes} of ${quota} used, ${written} ${count === 1 ? 'file' : 'files'}.`,
  name: 'File',
  type: 'Type',
  types: { image: 'Image', voice: 'Voice', video: 'Video', file: 'File' } as Readonly<Record<string, string>>,
  size: 'Size',
  uploaded: 'Uploaded',
  used: 'Last used',
  usedHint: 'To the day. Retention counts from the last use.',
  nothing: 'No files.',
  download: 'Download',
  removeTitle: (name: string) => `Delete ${isolate(name)}?`,
  removeText: 'Messages that contain this file show a placeholder afterwards. This cannot be undone.',
};

export const filesZh: typeof filesEn = {
  hint: '程序为发送消息而上传的文件。',
  usage: (bytes, quota, _, written) => `已使用 ${bytes}，共 ${quota}；${written} 个文件。`,
  name: '文件',
  type: '类型',
  types: { image: '图片', voice: '语音', video: '视频', file: '文件' },
  size: '大小',
  uploaded: '上传时间',
  used: '最近使用',
  usedHint: '精确到天。保留期从最近一次使用算起。',
  nothing: '没有文件。',
  download: '下载',
  removeTitle: (name) => `删除 ${isolate(name)}？`,
  removeText: '删除后，包含该文件的消息将显示占位内容。此操作无法撤销。',
};
