import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { UsageError } from '../../config/options.ts';
import type { ClientRun } from '../command.ts';
import { print, printJson } from '../output.ts';
import { renderTable } from '../table.ts';
import { connect } from './connect.ts';

/** The type of a file by the extension of its name; any other extension is a `file`. */
const typeOf: Readonly<Record<string, 'image' | 'voice' | 'video'>> = {
  ...{ jpg: 'image', jpeg: 'image', png: 'image', gif: 'image', bmp: 'image' },
  ...{ amr: 'voice', mp3: 'voice', wav: 'voice', ogg: 'voice' },
  mp4: 'video',
};

/** `huizhi upload`: uploads files and prints their media_ids. Ends at the first file that is refused. */
export const upload: ClientRun = async (config) => {
  const client = await connect(config.access);
  const rows: string[][] = [];
  for (const path of config.operands) {
    const data = await open(path);
    const name = basename(path);
    const type = config.mediaType ?? typeOf[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? 'file';
    const { mediaId, createdAt } = await client.upload({ data, type, name });
    if (config.json) printJson([{ file: path, mediaId, type, size: data.size, createdAt }]);
    else rows.push([mediaId, type, path]);
  }
  if (!config.json) print(renderTable(rows));
  return 0;
};

async function open(path: string): Promise<Blob> {
  try {
    return await openAsBlob(path);
  } catch (cause) {
    throw new UsageError(`${path} cannot be read: name a file.`, { cause });
  }
}
