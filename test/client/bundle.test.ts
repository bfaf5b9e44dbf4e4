import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { expect, test } from 'vitest';

const built = fileURLToPath(new URL('../../dist/client/index.js', import.meta.url));

/** Bundles a program that uses the whole client, for browsers. */
async function bundleClient(): Promise<{ code: string; modules: readonly string[] }> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, minify: true, target: 'es2022', lib: { entry: built, formats: ['es'], fileName: 'client' } },
  });
  const [first] = [result].flat();
  const chunks = first && 'output' in first ? first.output.filter((one) => one.type === 'chunk') : [];
  return { code: chunks.map(({ code }) => code).join(''), modules: chunks.flatMap(({ moduleIds }) => moduleIds) };
}

test('the client is less than 12 KB when bundled, minified and gzipped, and contains no other package', async () => {
  const { code, modules } = await bundleClient();
  expect(code).toContain('/v1.0/robot/oToMessages/readStatus');
  expect(gzipSync(code).length).toBeLessThan(12 * 1024);
  expect(modules.filter((id) => !/dist\/(client|chunks)\//.test(id))).toEqual([]);
  expect(code).not.toMatch(/\bimport\b|node:|require\(/);
});
