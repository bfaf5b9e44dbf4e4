import { isRead, look, nothingSeen, type Reading, stretchWithin } from './reading.ts';
import { isFolded, isLoading, viewOf } from './screen.ts';

/** Milliseconds between two measurements while nothing moves. */
const step = 100;

/** How a message was read: all of it was in view, or its end mark was reached. */
export type Manner = 'seen' | 'mark';

export type Viewing = {
  /** Watches the content of an unread message until the message is read or the returned function is called. */
  watch(messageId: string, content: Element, read: (manner: Manner) => void): () => void;
  /**
   * Reports that the end mark of a message was reached. The message is read once its pictures have loaded or failed.
   */
  reachedEnd(messageId: string): void;
};

type Watched = { readonly messageId: string; readonly read: (manner: Manner) => void };

/**
 * Detects which messages the user has read, by the rule in `reading.ts`. Progress is kept when a message is unmounted.
 */
export function createViewing(): Viewing {
  const watched = new Map<Element, Watched>();
  const near = new Set<Element>();
  const readings = new Map<string, Reading>();
  const marked = new Set<string>();

  const finish = (element: Element, { messageId, read }: Watched, manner: Manner) => {
    leave(element);
    readings.delete(messageId);
    marked.delete(messageId);
    read(manner);
  };
  const measure = () => {
    const at = performance.now();
    const frame = [...near][0]?.closest('[data-scroller]');
    const view = frame ? viewOf(frame) : undefined;
    for (const element of [...near]) {
      const one = watched.get(element);
      if (!one) continue;
      const { top, width, height } = element.getBoundingClientRect();
      const isWhole = !isLoading(element) && !isFolded(element);
      const seen = stretchWithin({ top, height }, view);
      const reading = look(readings.get(one.messageId) ?? nothingSeen, { at, width, height, seen, isWhole });
      readings.set(one.messageId, reading);
      if (isWhole && marked.has(one.messageId)) finish(element, one, 'mark');
      else if (isRead(reading)) finish(element, one, 'seen');
    }
    if (near.size === 0) sampler.stop();
  };
  const sampler = createSampler(measure);
  const leave = (element: Element) => {
    observer.unobserve(element);
    watched.delete(element);
    near.delete(element);
  };
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting && watched.has(target)) near.add(target);
      else near.delete(target);
    }
    if (near.size > 0) sampler.start();
    measure();
  });
  return {
    watch(messageId, content, read) {
      watched.set(content, { messageId, read });
      observer.observe(content);
      return () => leave(content);
    },
    reachedEnd(messageId) {
      const [element, one] = [...watched].find(([, each]) => each.messageId === messageId) ?? [];
      if (!element || !one || isFolded(element)) return;
      if (isLoading(element)) marked.add(messageId);
      else finish(element, one, 'mark');
    },
  };
}

/** Calls `measure` at intervals, and whenever scrolling, resizing or a tab switch may have changed what is in view. */
function createSampler(measure: () => void) {
  let timer: number | undefined;
  const moments = [
    [document, 'scroll'],
    [document, 'visibilitychange'],
    [window, 'resize'],
    [window.visualViewport, 'resize'],
    [window.visualViewport, 'scroll'],
  ] as const;
  return {
    start() {
      if (timer !== undefined) return;
      timer = window.setInterval(measure, step);
      for (const [target, name] of moments) target?.addEventListener(name, measure, { capture: true, passive: true });
    },
    stop() {
      window.clearInterval(timer);
      timer = undefined;
      for (const [target, name] of moments) target?.removeEventListener(name, measure, { capture: true });
    },
  };
}
