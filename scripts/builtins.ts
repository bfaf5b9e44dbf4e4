import type { Plugin } from 'rolldown';

/**
 * Gets Node's own modules by `process.getBuiltinModule()` instead of by an import. An import reads every export of a
 * module, and some of them load others when they are read: `import { createServer } from 'node:http'` loads the
 * implementation of `fetch`, which takes 20 ms.
 */
export const builtins: Plugin = {
  name: 'builtins',
  resolveId: (id) => (id.startsWith('node:') ? { id: prefix + id, moduleSideEffects: false } : null),
  load(id) {
    if (!id.startsWith(`${prefix}node:`)) return null;
    const name = id.slice(prefix.length);
    const exported = Object.getOwnPropertyNames(process.getBuiltinModule(name)).filter((key) =>
      /^[A-Za-z_]\w*$/.test(key),
    );
    // Unused constants are left out of the bundle, and so their properties are not read.
    const constants = exported.map((key) => `const _${key} = /* @__PURE__ */ (() => builtin.${key})();`);
    const exports = exported.map((key) => `_${key} as ${key}`).join(', ');
    const code = [`const builtin = process.getBuiltinModule('${name}');`, ...constants, `export { ${exports} };`];
    return { code: code.join('\n'), moduleSideEffects: false };
  },
};

/** Marks the modules of this plugin. */
const prefix = '\0builtin:';
