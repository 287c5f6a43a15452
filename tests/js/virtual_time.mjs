// Time that passes at once: timers fire in their order as soon as nothing is on its way.

// How long, in real milliseconds, a connection may say nothing before it is taken to stay silent.
const SILENCE = 600;
// The same for one that no timer of the program can end any more.
const PATIENCE = 1500;
const START = Date.UTC(2026, 10, 25);

export function makeTime() {
  let now = 0;
  let last = 0;
  let busy = 0;
  let heard = performance.now();
  let stopped = false;
  let pumping = false;
  const timers = new Map();

  // In a macrotask, so that all that follows from what has arrived is done first.
  const pump = () => {
    if (pumping || stopped) return;
    pumping = true;
    setImmediate(() => {
      pumping = false;
      if (stopped || timers.size === 0) return;
      if (busy > 0 && performance.now() - heard < SILENCE) {
        setTimeout(pump, 5);
        return;
      }
      const [id, timer] = [...timers].reduce((a, b) => (b[1].due < a[1].due ? b : a));
      timers.delete(id);
      now = Math.max(now, timer.due);
      timer.callback();
      pump();
    });
  };
  const start = (callback, delay = 0, ...given) => {
    last += 1;
    timers.set(last, { due: now + Math.max(0, Number(delay) || 0), callback: () => callback(...given) });
    pump();
    return last;
  };
  const change = (by) => {
    busy += by;
    heard = performance.now();
  };
  return {
    setTimeout: start,
    clearTimeout: (id) => timers.delete(id),
    Date: class extends Date {
      constructor(...given) {
        super(...(given.length === 0 ? [START + now] : given));
      }
      static now() {
        return START + now;
      }
    },
    performance: { now: () => now },
    // AbortSignal with the time-out of this time.
    AbortSignal: class extends AbortSignal {
      static timeout(delay) {
        const controller = new AbortController();
        start(() => controller.abort(new DOMException('timed out', 'TimeoutError')), delay);
        return controller.signal;
      }
      static any(signals) {
        return AbortSignal.any(signals);
      }
      static abort(reason) {
        return AbortSignal.abort(reason);
      }
    },
    // A promise of the network: no timer fires while it is on its way, unless it stays silent.
    async during(promise) {
      change(1);
      try {
        return await promise;
      } finally {
        change(-1);
        pump();
      }
    },
    // A body that arrives in parts: the same as long as it is read.
    watched(body) {
      const reader = body.getReader();
      const during = this.during;
      return new ReadableStream({
        async pull(controller) {
          const { done, value } = await during(reader.read());
          if (done) controller.close();
          else controller.enqueue(value);
        },
        cancel: (reason) => reader.cancel(reason),
      });
    },
    // Waits for what stays silent, with no timer that could end it.
    isStuck: () => busy > 0 && timers.size === 0 && performance.now() - heard > PATIENCE,
    isIdle: () => busy === 0 && timers.size === 0,
    passed: () => now,
    stop: () => {
      stopped = true;
      timers.clear();
    },
  };
}
