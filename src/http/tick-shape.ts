import { createHook } from 'node:async_hooks';

let kept: object | undefined;

/**
 * Keeps one of the objects that `process.nextTick` makes, for as long as the process lives. V8 lets go of their hidden
 * class when it collects garbage at a moment when there is none of them, and from then on makes each in a slow way:
 * 500 ns instead of 130, several times for an answer. Node 24 shows them to hooks alone; the hook is gone at once.
 */
export function keepTickShape(): void {
  if (kept !== undefined) return;
  const hook = createHook({
    // Else V8 makes promises in a slower way from then on.
    trackPromises: false,
    init(_id, type, _trigger, resource) {
      if (type === 'TickObject') kept ??= resource;
    },
  });
  hook.enable();
  process.nextTick(() => undefined);
  hook.disable();
}
