import { useEffect, useRef, useState } from 'react';
import type { InboxDing, InboxMessage } from '../../../src/client/answers.ts';
import { readStored, removeStored, writeStored } from '../../shared/preferences.ts';
import { toFragment } from '../state/fragment.ts';
import type { State } from '../state/state.ts';
import { type Texts, useSpeech } from '../texts.ts';
import { summarize } from '../thread/content.ts';
import type { Notice } from './notify.ts';

const keys = { notify: 'huizhi.inbox.notify', sound: 'huizhi.inbox.sound' } as const;
export type Alert = keyof typeof keys;

/** Which alerts the user has chosen in this browser; neither at first. */
export type AlertChoices = {
  readonly isOn: Readonly<Record<Alert, boolean>>;
  /** Whether the browser can show notifications, and has not been told to refuse them. */
  readonly canNotify: boolean;
  choose(alert: Alert, isOn: boolean): Promise<void>;
};

export function useAlertChoices(): AlertChoices {
  const [isOn, setOn] = useState({ notify: isChosen('notify'), sound: isChosen('sound') });
  return {
    isOn,
    canNotify: 'Notification' in window && Notification.permission !== 'denied',
    async choose(alert, wanted) {
      const next = wanted && (alert === 'sound' || (await Notification.requestPermission()) === 'granted');
      if (next) writeStored(keys[alert], 'on');
      else removeStored(keys[alert]);
      setOn((before) => ({ ...before, [alert]: next }));
      if (next && alert === 'sound') void sound();
    },
  };
}

const isChosen = (alert: Alert) => readStored(keys[alert]) === 'on';

/**
 * Alerts the user to messages and DINGs that arrive: with a sound, and while the page is not in front, with a
 * notification of the system. That of a recalled message is closed.
 */
export function useAlerts(state: State, { isOn }: AlertChoices): void {
  const { t } = useSpeech();
  const seen = useRef(new Set<string>());
  useEffect(() => {
    for (const notice of noticesOf(state, t)) {
      if (seen.current.has(notice.tag)) continue;
      seen.current.add(notice.tag);
      if (isOn.sound) void sound();
      if (isOn.notify && !document.hasFocus()) void notify(notice);
    }
    for (const { messageId, message } of state.announcements)
      if (!message && seen.current.delete(messageId) && isOn.notify) void endNotice(messageId);
  });
}

function noticesOf({ announcements, newestDing, conversations }: State, t: Texts): readonly Notice[] {
  const ofMessage = (message: InboxMessage): Notice => ({
    tag: message.messageId,
    title: conversations.get(message.conversationId)?.title ?? message.sender.name,
    body: summarize(message, t),
    fragment: encodeURIComponent(toFragment(message.conversationId)),
  });
  const messages = announcements.flatMap(({ message }) => (message ? [ofMessage(message)] : []));
  return newestDing ? [...messages, ofDing(newestDing)] : messages;
}

const ofDing = ({ dingId, robotName, content }: InboxDing): Notice => ({
  ...{ tag: dingId, title: `DING · ${robotName}`, body: content, fragment: '' },
});

// Most users have neither, so the inbox does not load their code before it is needed.
const sound = async () => (await import('./tone.ts')).playTone();
const notify = async (notice: Notice) => (await import('./notify.ts')).show(notice);
const endNotice = async (tag: string) => (await import('./notify.ts')).close(tag);
