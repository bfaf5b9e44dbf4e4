import { describe, expect, test } from 'vitest';
import { anApp, aRobot, must, type Open, opened, start, world } from './world.contract.ts';

export function describeDirectory(open: Open): void {
  describe('the directory', () => {
    test('finds organizations, apps and robots by code and by number', async () => {
      const { store, corpId, app, robot, foreigner } = await world((await opened(open)).store);
      const directory = await store.directory();
      const one = { corpId, code: 'corp-one', name: 'corp-one Ltd' };
      expect([directory.organization('corp-one'), directory.organizationOf(corpId)]).toEqual([one, one]);
      expect([directory.app('app-one'), directory.appOf(app.id)]).toEqual([app, app]);
      expect([directory.robot('robot-one'), directory.robotOf(robot.id)]).toEqual([robot, robot]);
      expect(directory.organizations().map(({ code }) => code)).toEqual(['corp-one', 'corp-two']);
      expect(directory.apps().map(({ code }) => code)).toEqual(['app-one', 'app-two']);
      expect(directory.robots()).toEqual([robot, foreigner.robot]);
      expect([directory.organization('CORP-ONE'), directory.app(''), directory.robotOf(0)]).toEqual(
        Array(3).fill(undefined),
      );
    });

    test('is immutable', async () => {
      const { store, corpId } = await world((await opened(open)).store);
      const before = await store.directory();
      await store.putOrganization({ corpId, code: 'corp-one', name: 'new' });
      expect(before.organizationOf(corpId)?.name).toBe('corp-one Ltd');
      expect((await store.directory()).organizationOf(corpId)?.name).toBe('new');
    });

    test('returns every field of an app and of a robot, also after a change and a restart', async () => {
      const place = await opened(open);
      const { store, corpId } = await world(place.store);
      const app = await anApp(store, corpId, 'app-x', { kind: 'thirdParty', permissions: [] });
      const robot = await aRobot(store, app, 'robot-x', { disabled: true, coolAppCode: 'COOLAPP-1' });
      const changedApp = { ...app, secretHash: 'y', generation: 2, permissions: ['p', 'q'] };
      const changedRobot = {
        ...robot,
        name: '改',
        disabled: false,
        perUserPerMinute: 3,
        perUserPerDay: 40,
        coolAppCode: null,
      };
      expect((await store.directory()).robot('robot-x')).toEqual(robot);
      await store.putApp(changedApp);
      await store.putRobot(changedRobot);
      const directory = await (await place.reopen()).directory();
      expect([directory.app('app-x'), directory.robot('robot-x')]).toEqual([changedApp, changedRobot]);
    });

    test('returns the organizations in which a robot is installed', async () => {
      const { store, corpId, robot, foreigner } = await world((await opened(open)).store);
      await store.putInstallation(corpId, robot.id);
      const directory = await store.directory();
      expect(directory.isInstalled(corpId, robot.id)).toBe(true);
      expect(directory.isInstalled(foreigner.corpId, robot.id)).toBe(false);
    });

    test('returns the authorizations, whose generation rises when a revoked one is granted again', async () => {
      const { store, corpId, app } = await world((await opened(open)).store);
      const generation = async () => (await store.directory()).authorization(corpId, app.id);
      expect(await generation()).toBeUndefined();
      await store.putAuthorization(corpId, app.id, start);
      expect(await generation()).toBeUndefined();
      await store.putAuthorization(corpId, app.id, null);
      const first = must(await generation());
      await store.putAuthorization(corpId, app.id, null);
      expect(await generation()).toBe(first);
      await store.putAuthorization(corpId, app.id, start);
      expect(await generation()).toBeUndefined();
      await store.putAuthorization(corpId, app.id, null);
      expect(await generation()).toBe(first + 1);
    });

    test('returns the state of each template, which is active by default', async () => {
      const { store, robot, foreigner } = await world((await opened(open)).store);
      expect((await store.directory()).template(robot.id, 1)).toBe('active');
      await store.putTemplate(robot, 1, 'stopped');
      await store.putTemplate(robot, 2, 'removed');
      const directory = await store.directory();
      expect([1, 2, 3].map((kind) => directory.template(robot.id, kind))).toEqual(['stopped', 'removed', 'active']);
      expect(directory.template(foreigner.robot.id, 1)).toBe('active');
      await store.putTemplate(robot, 1, 'active');
      expect((await store.directory()).template(robot.id, 1)).toBe('active');
    });
  });
}
