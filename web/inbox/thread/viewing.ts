const needed = 1000;
const step = 200;

export type Viewing = {
  /** Watches an element until what it answers is called. */
  watch(element: Element, seen: () => void): () => void;
};

/**
 * Finds out what a person has really had in view: at least half of it, or half of what can be seen at all, in a visible tab, for a
 * second without a break.
 */
export function createViewing(): Viewing {
  const watched = new Map<Element, () => void>();
  const near = new Set<Element>();
  const since = new Map<Element, number>();
  let timer: number | undefined;

  const measure = () => {
    const now = performance.now();
    for (const element of near) {
      if (document.visibilityState !== 'visible' || !isInView(element)) since.delete(element);
      else if (!since.has(element)) since.set(element, now);
      else if (now - (since.get(element) ?? now) >= needed) finish(element);
    }
    if (near.size === 0) stop();
  };
  const finish = (element: Element) => {
    const seen = watched.get(element);
    leave(element);
    seen?.();
  };
  const leave = (element: Element) => {
    observer.unobserve(element);
    watched.delete(element);
    near.delete(element);
    since.delete(element);
  };
  const run = () => {
    if (timer !== undefined) return;
    timer = window.setInterval(measure, step);
    document.addEventListener('scroll', measure, { capture: true, passive: true });
    document.addEventListener('visibilitychange', measure);
  };
  const stop = () => {
    window.clearInterval(timer);
    timer = undefined;
    document.removeEventListener('scroll', measure, { capture: true });
    document.removeEventListener('visibilitychange', measure);
  };
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting && watched.has(target)) near.add(target);
      else near.delete(target);
      if (!isIntersecting) since.delete(target);
    }
    if (near.size > 0) run();
    measure();
  });
  return {
    watch(element, seen) {
      watched.set(element, seen);
      observer.observe(element);
      return () => leave(element);
    },
  };
}

/** Whether half of an element, or of what can be seen at all, is in view. */
function isInView(element: Element): boolean {
  const { top, bottom, height } = element.getBoundingClientRect();
  const frame = element.closest('[data-scroller]')?.getBoundingClientRect();
  const least = Math.max(0, frame?.top ?? 0);
  const most = Math.min(window.innerHeight, frame?.bottom ?? window.innerHeight);
  const shown = Math.min(bottom, most) - Math.max(top, least);
  return height > 0 && most > least && shown >= Math.min(height, most - least) / 2;
}
