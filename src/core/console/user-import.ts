import type { User } from '../../store/model.ts';
import { maxProblems } from '../../wire/limits.ts';
import { describeInvalidUser } from '../../wire/own/console-directory.ts';
import type { Context } from '../context.ts';
import { updateDirectory } from './changes.ts';
import { requireOrganization } from './message-list.ts';
import type { Operator } from './operators.ts';

type Line = { readonly line: number; readonly userId: string; readonly name: string };
type Problem = { readonly line: number; readonly message: string };

/**
 * Imports users from CSV. New users are added and existing ones renamed; nobody is removed. If any line is invalid,
 * nothing is changed. A dry run only returns what would be changed.
 */
export function importUsers(context: Context, operator: Operator, corpCode: string, csv: string, dryRun: boolean) {
  return updateDirectory(context, operator, async (write) => {
    const { corpId } = requireOrganization(context, corpCode);
    const { lines, errors } = await readLines(csv);
    const known = await loadKnownUsers(context, corpId, lines);
    const fresh = lines.filter(({ userId }) => !known.has(userId));
    const renamed = lines.filter(({ userId, name }) => (known.get(userId)?.name ?? name) !== name);
    const counts = { created: fresh.length, renamed: renamed.length };
    const answer = { dryRun, ...counts, unchanged: lines.length - fresh.length - renamed.length, errors };
    if (dryRun || errors.length > 0 || fresh.length + renamed.length === 0) return answer;
    const users: User[] = [];
    for (const { userId, name } of [...fresh, ...renamed]) {
      // Used for a new user only, also when the user of this code leaves before the users are stored.
      const id = await context.store.number('user');
      users.push({ corpId, id, code: userId, name });
    }
    const entry = { corpId, action: 'user.import', target: corpCode, was: null, became: counts };
    await write([{ users }], entry);
    return answer;
  });
}

async function loadKnownUsers({ store }: Context, corpId: number, lines: readonly Line[]) {
  const known = new Map<string, User>();
  for (let at = 0; at < lines.length; at += 100) {
    const codes = lines.slice(at, at + 100).map(({ userId }) => userId);
    for (const user of await store.findUsers(corpId, codes)) known.set(user.code, user);
  }
  return known;
}

/** The number of lines per batch; other requests run between batches. */
const stride = 500;

/** Parses the CSV, and stops at a maximum number of invalid lines. */
async function readLines(
  csv: string,
): Promise<{ readonly lines: readonly Line[]; readonly errors: readonly Problem[] }> {
  const lines: Line[] = [];
  const errors: Problem[] = [];
  const seen = new Map<string, number>();
  for (const { line, fields, problem } of parseCsv(csv.replace(/^\uFEFF/, ''))) {
    const [userId = '', name = ''] = fields.map((field) => field.trim());
    if (lines.length + errors.length === 0 && line === 1 && /^userid$/i.test(userId)) continue;
    const message = problem ?? findProblem(fields.length, userId, name, seen.get(userId));
    if (message !== undefined) errors.push({ line, message });
    else lines.push({ line, userId, name });
    if (!seen.has(userId)) seen.set(userId, line);
    if (errors.length === maxProblems) break;
    if ((lines.length + errors.length) % stride === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return { lines, errors };
}

function findProblem(fields: number, userId: string, name: string, earlier: number | undefined): string | undefined {
  if (`${userId}${name}`.includes('\ufffd')) return 'is not UTF-8: save the file as CSV UTF-8';
  if (fields !== 2) return `there are ${fields} fields, not 2: userId,name`;
  const problem = describeInvalidUser(userId, name);
  if (problem !== undefined) return problem;
  return earlier === undefined ? undefined : `userId ${userId} is already in line ${earlier}`;
}

type Record = { readonly line: number; readonly fields: readonly string[]; readonly problem?: string };

/** Parses CSV by RFC 4180. Yields each record with the number of its first line, and skips blank lines. */
function* parseCsv(text: string): Generator<Record> {
  const lineEnd = /\r\n|\n|\r/g;
  const field = /(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r\n|\n|\r|$)/y;
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const firstLine = line;
    const fields: string[] = [];
    for (let end = ','; end === ','; ) {
      field.lastIndex = at;
      const match = field.exec(text);
      if (!match) {
        yield { line: firstLine, fields, problem: 'a quotation mark is not allowed here' };
        lineEnd.lastIndex = at;
        at = lineEnd.test(text) ? lineEnd.lastIndex : text.length;
        line++;
        fields.length = 0;
        break;
      }
      const [whole, quoted, plain = '', stop = ''] = match;
      fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
      line += whole.split(/\r\n|\n|\r/).length - 1;
      at += whole.length;
      end = stop;
    }
    if (fields.some((each) => each.trim() !== '') || fields.length > 1) yield { line: firstLine, fields };
  }
}
