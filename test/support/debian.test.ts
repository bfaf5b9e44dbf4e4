import { afterEach, describe, expect, test, vi } from 'vitest';
import { programPath, provide, requirePrograms } from './debian.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A requirement that cannot be met, so that nothing is installed. */
const never = { name: 'unobtainium', isThere: () => false, packages: [], advice: 'dig for it' };

describe('a program that tests need', () => {
  test('is found in PATH, by its whole path, and nowhere else', () => {
    expect(programPath('sh')).toMatch(/^\/.*\/sh$/);
    expect(programPath(process.execPath)).toBe(process.execPath);
    expect(programPath('no-such-program')).toBeUndefined();
    expect(programPath('/usr/bin/no-such-program')).toBeUndefined();
    expect(requirePrograms(['sh', process.execPath])).toBeUndefined();
  });

  test('and is missing is a reason to skip, and a failure in CI', () => {
    vi.stubEnv('CI', '');
    expect(provide(never)).toBe('no unobtainium: dig for it');
    vi.stubEnv('CI', 'true');
    expect(() => provide(never)).toThrow('cannot be tested, no unobtainium: dig for it');
  });

  test('and cannot be installed is reported with its packages', () => {
    vi.stubEnv('CI', '');
    const uid = vi.spyOn(process, 'getuid').mockReturnValue(1000);
    try {
      expect(requirePrograms(['no-such-program'])).toBe('no no-such-program: install the package no-such-program');
      expect(requirePrograms(['/opt/no-such'], ['one', 'two'])).toBe('no /opt/no-such: install the packages one, two');
    } finally {
      uid.mockRestore();
    }
  });
});
