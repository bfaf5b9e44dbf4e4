import { UserLine } from '../../../shared/bidi.tsx';
import { Link } from '../../route.tsx';

type Props = {
  readonly first: string;
  readonly second: string;
  /** The page that the first line opens. */
  readonly to?: string;
};

/** A cell with a name, and a code or another detail below it. */
export function TwoLines({ first, second, to }: Props) {
  return (
    <span className="main-cell">
      {to === undefined ? (
        <UserLine>{first}</UserLine>
      ) : (
        <Link to={to} className="one-line" dir="auto">
          {first}
        </Link>
      )}
      <UserLine isSmall>{second}</UserLine>
    </span>
  );
}

/** The page of a user. */
export const userPath = (userId: string) => `/users/${encodeURIComponent(userId)}`;

/** The page of a work notice. */
export const noticePath = (taskId: number) => `/notices/${taskId}`;

/** The page of a group. */
export const groupPath = (openConversationId: string) => `/groups/${encodeURIComponent(openConversationId)}`;
