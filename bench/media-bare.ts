/** A bare server for files: it writes the body of a POST to a file with fsync, and streams the file for a GET. */
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const path = join(process.argv[2] ?? '.', 'bare.bin');

const server = createServer((request, response) => {
  if (request.method === 'GET') return void pipeline(createReadStream(path), response);
  pipeline(request, createWriteStream(path))
    .then(async () => {
      const file = await open(path);
      await file.sync();
      await file.close();
      response.end('{}');
    })
    .catch(() => response.destroy());
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});
