/** `huizhi admin operators`: the built program against the built server. */
import { expect, test, vi } from 'vitest';
import { ok } from '../conformance/support/world.ts';
import { startAdministered } from './admin.ts';

// The test starts many processes.
vi.setConfig({ testTimeout: 120_000 });

test('an operator is added, listed, given roles and a link, disabled and removed', async () => {
  const { admin, read, child } = await startAdministered();
  const fields = ['--name', 'Wang Fang', '--email', 'Wang@Example.com', '--role', 'operator@corp-one/alice,auditor'];
  const dry = await admin(['operators', 'add', ...fields, '--dry-run']);
  expect(dry).toMatchObject({ code: 0, stderr: 'Would have added operator Wang Fang; nothing was changed.\n' });
  expect(dry.stdout).toMatch(/\nroles +operator@corp-one\/alice, auditor\n/);
  expect(await read('operators list')).toEqual([]);
  const [added] = await read(['operators', 'add', ...fields]);
  const id = String(added?.operatorId);
  expect(added).toMatchObject({
    email: 'wang@example.com',
    grants: [
      { role: 'auditor', corpId: null, userId: null },
      { role: 'operator', corpId: 'corp-one', userId: 'alice' },
    ],
  });
  const row = `${id} +Wang Fang +wang@example.com +auditor, operator@corp-one/alice +no`;
  expect((await admin('operators list')).stdout).toMatch(new RegExp(`^operatorId .*\\n${row.replace('+no', '+')}`));
  expect((await admin(`operators show ${id}`)).stdout).toMatch(/\nroles +auditor, operator@corp-one\/alice\n/);
  expect((await admin('operators list --csv')).stdout).toMatch(/^operatorId,name,email,roles,disabled,createdAt\n/);
  const made = await admin(`operators link ${id} --valid-for 1h --json`);
  expect(made.stderr).toBe(
    `Given a sign-in link to operator ${id}.\nThe link works once, and is shown only once; store it safely.\n`,
  );
  const { link } = JSON.parse(made.stdout) as { link: string };
  const session = ok(await child.call('POST', '/console/v1/sessions', { body: { link } }));
  expect(session.operator).toMatchObject({ operatorId: id, name: 'Wang Fang' });
  const changed = await read(`operators set ${id} --role sender@corp-two --clear email --disabled true`);
  expect(changed).toMatchObject([{ email: null, disabled: true, grants: [{ role: 'sender', corpId: 'corp-two' }] }]);
  const wrong = await admin(`operators set ${id} --role auditer`);
  expect(wrong).toMatchObject({ code: 1, stdout: '' });
  expect(wrong.stderr).toContain('Did you mean auditor?');
  expect((await admin(`operators set ${id} --clear name`)).code).toBe(2);
  expect((await admin(`operators set ${id}`)).code).toBe(2);
  await read(`operators remove ${id}`);
  expect(await admin(`operators show ${id}`)).toMatchObject({ code: 1, stdout: '' });
  const audit = (await admin('audit list --limit 1')).stdout;
  expect(audit).toMatch(/^id .* operator +role +action .*\n\d+ .* token +admin token +owner +operator\.delete /);
});
