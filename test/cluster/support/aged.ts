import { openStore } from '../../../src/store/open.ts';

/**
 * Inserts delivered messages of these ages (milliseconds); the newest becomes the newest time that the database knows.
 */
export async function fillWithAged(database: string, ages: readonly number[]): Promise<void> {
  const store = await openStore(database);
  try {
    const directory = await store.directory();
    const [organization, robot] = [directory.organization('corp-one'), directory.robot('robot-one')];
    if (!organization || !robot) throw new Error('the database has not been set up');
    const { corpId } = organization;
    for (const age of [...ages].sort((a, b) => b - a)) {
      const sentAt = Date.now() - age;
      const plain = { corpId, robot, appId: robot.appId, kind: 1, param: '{"content":"old"}', userCodes: ['alice'] };
      const accepted = await store.accept({ ...plain, sentAt });
      await store.settle(corpId, accepted?.messageId ?? 0, sentAt);
    }
    await store.dropSetting('knownTime');
  } finally {
    await store.close();
  }
}
