import { expect, test } from 'vitest';
import { readAdminCall } from './read-admin.ts';

const read = (...operands: readonly string[]) => readAdminCall({ flags: new Map(), operands });

test.each([
  [['operators', 'link'], 'Usage: huizhi admin operators link <operatorId>'],
  [['operators', 'link', ''], '<operatorId> is empty: huizhi admin operators link <operatorId>'],
  [['robots', 'template', 'r', ' '], '<msgKey> is empty: huizhi admin robots template <robotCode> <msgKey>'],
  [['users', 'remove', 'alice', ''], '<userId> is empty: huizhi admin users remove <userId>…'],
  [['links', 'create', ''], '<userId> is empty: huizhi admin links create [<userId>…]'],
  [['operators', 'list', ''], 'huizhi admin operators list has no operands, only options: leave "" out.'],
])('a missing or empty operand of %j is named', (operands, message) => {
  expect(() => read(...operands)).toThrow(message);
});
