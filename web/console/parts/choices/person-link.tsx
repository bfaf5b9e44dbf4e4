import type { ConsolePerson } from '../../../../src/client/answers.ts';
import { useLoaded } from '../../data/load.ts';
import { itemPath, usersOf } from '../../data/sources.ts';
import { Link } from '../../route.tsx';
import { userPath } from '../lists/two-lines.tsx';

/** A user of an organization, by the userId until the name has loaded. */
export function PersonLink({ corpId, userId }: { readonly corpId: string; readonly userId: string }) {
  const { data } = useLoaded<ConsolePerson>(itemPath(usersOf(corpId), userId));
  return (
    <Link to={userPath(userId)}>
      <bdi>{data?.name ?? userId}</bdi>
    </Link>
  );
}
