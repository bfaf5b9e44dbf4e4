/** Files of each format, small but real enough to be recognized by their content. */
import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';

/** A picture of one red pixel. */
export const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);
export const gif = Buffer.from('R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs=', 'base64');
export const jpg = Buffer.concat([Buffer.from('ffd8ffe000104a46494600010101006000600000', 'hex'), Buffer.alloc(64, 1)]);
export const bmp = Buffer.concat([Buffer.from('424d46000000000000003600000028000000', 'hex'), Buffer.alloc(64)]);
export const amr = Buffer.concat([Buffer.from('#!AMR\n'), Buffer.alloc(64, 4)]);
export const ogg = Buffer.concat([
  Buffer.from('OggS\0\x02'),
  Buffer.alloc(22),
  Buffer.from('\x01vorbis'),
  Buffer.alloc(64),
]);
export const mp4 = Buffer.concat([
  Buffer.from('000000186674797069736f6d0000020069736f6d69736f32', 'hex'),
  Buffer.from('000000086d646174', 'hex'),
  Buffer.alloc(64),
]);
export const pdf = Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n');
export const rar = Buffer.concat([Buffer.from('526172211a0700', 'hex'), Buffer.alloc(64)]);
export const cfb = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(1024)]);
export const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
export const html = Buffer.from('<!doctype html><html><script>alert(1)</script></html>');

/** A sound of 8,000 samples a second, in silence. */
export function wav(seconds = 1): Buffer {
  const samples = Buffer.alloc(8000 * seconds, 128);
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8000, 24);
  header.writeUInt32LE(8000, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

/** Frames of an MP3 at 128 kbit/s, in silence. */
export const mp3 = Buffer.concat(
  Array.from({ length: 20 }, () => Buffer.concat([Buffer.from('fffb9064', 'hex'), Buffer.alloc(413)])),
);

/** An archive of files that are stored without compression. */
export function zip(entries: Readonly<Record<string, string>> = { 'a.txt': 'hello' }): Buffer {
  const files = Object.entries(entries).map(([name, text]) => {
    const data = Buffer.from(text);
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(20, 4);
    header.writeUInt32LE(crc32(data), 14);
    header.writeUInt32LE(data.length, 18);
    header.writeUInt32LE(data.length, 22);
    header.writeUInt16LE(Buffer.byteLength(name), 26);
    return Buffer.concat([header, Buffer.from(name), data]);
  });
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  return Buffer.concat([...files, end]);
}

/** A document of Microsoft Office, as far as its list of content types says. */
function office(folder: 'word' | 'xl' | 'ppt', kind: string): Buffer {
  const types = `<?xml version="1.0"?><Types><Override PartName="/${folder}/document.xml" ContentType="application/vnd.openxmlformats-officedocument.${kind}.main+xml"/></Types>`;
  return zip({ '[Content_Types].xml': types, '_rels/.rels': '<x/>', [`${folder}/document.xml`]: '<x/>' });
}

export const docx = office('word', 'wordprocessingml.document');
export const xlsx = office('xl', 'spreadsheetml.sheet');
export const pptx = office('ppt', 'presentationml.presentation');

/** A picture of a size in bytes: the rest is behind its end. */
export function pictureOf(bytes: number): Buffer<ArrayBuffer> {
  return Buffer.concat([png, Buffer.alloc(bytes - png.length, 7)]);
}
