/** What people of the huizhi under test see in their inboxes. */

/** A message in an inbox; `param` is its parsed msgParam, null after a recall. */
export type Seen = {
  readonly msgKey: string;
  readonly param: Readonly<Record<string, unknown>> | null;
  readonly sender: string;
  /** The title of the group; null for a message to the user alone. */
  readonly group: string | null;
  readonly messageId: string;
};

type InboxMessage = {
  readonly messageId: string;
  readonly msgKey: string;
  readonly msgParam: string | null;
  readonly sender: { readonly name: string };
  readonly conversation: { readonly title: string } | null;
};

export type Inbox = {
  /** The messages, oldest first. */
  list(): Promise<readonly Seen[]>;
  /** Reads all messages. */
  readAll(): Promise<void>;
  /** Opens a file that a message shows. */
  open(messageId: string, mediaId: string): Promise<Response>;
};

/** Signs in to the inbox of a user of `dingcorp0001`. */
export async function openInbox(url: string, userId: string): Promise<Inbox> {
  const json = { 'content-type': 'application/json' };
  const body = JSON.stringify({ corpId: 'dingcorp0001', userId });
  const session = await fetch(`${url}/inbox/v1/sessions`, { method: 'POST', headers: json, body });
  const { token } = (await session.json()) as { token: string };
  const headers = { authorization: `Bearer ${token}` };
  const list = async () => {
    const answer = await fetch(`${url}/inbox/v1/messages?limit=100`, { headers });
    const { messages } = (await answer.json()) as { messages: readonly InboxMessage[] };
    return messages.map(toSeen).reverse();
  };
  return {
    list,
    async readAll() {
      const messageIds = (await list()).map(({ messageId }) => messageId);
      const read = { method: 'POST', headers: { ...headers, ...json }, body: JSON.stringify({ messageIds }) };
      await fetch(`${url}/inbox/v1/messages/read`, read);
    },
    open: (messageId, mediaId) => fetch(`${url}/inbox/v1/messages/${messageId}/media/${mediaId}`, { headers }),
  };
}

function toSeen({ messageId, msgKey, msgParam, sender, conversation }: InboxMessage): Seen {
  const param = msgParam === null ? null : (JSON.parse(msgParam) as Record<string, unknown>);
  return { messageId, msgKey, param, sender: sender.name, group: conversation?.title ?? null };
}
