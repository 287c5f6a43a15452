// Time that passes at once: a timer fires as soon as nothing is on its way and nothing else happens.

// Turns of the event loop without any event after which the program is taken to be waiting.
const QUIET = 6;
const START = Date.UTC(2026, 10, 25);
const realTimeout = globalThis.setTimeout;
const RealDate = globalThis.Date;
const RealSignal = globalThis.AbortSignal;

export function makeClock() {
  let now = 0;
  let last = 0;
  let busy = 0;
  let quiet = 0;
  let stopped = false;
  const timers = new Map();

  const turn = () => {
    if (stopped) return;
    quiet += 1;
    if (busy === 0 && quiet >= QUIET && timers.size > 0) {
      const [id, timer] = [...timers].reduce((a, b) => (b[1].due < a[1].due ? b : a));
      now = Math.max(now, timer.due);
      if (timer.every === null) timers.delete(id);
      else timer.due = now + timer.every;
      quiet = 0;
      timer.callback();
    }
    realTimeout(turn, 1);
  };
  realTimeout(turn, 1);

  const start = (every, callback, delay = 0, ...given) => {
    last += 1;
    quiet = 0;
    const wait = Math.max(1, Number(delay) || 0);
    const id = last;
    timers.set(id, { due: now + wait, every: every ? wait : null, callback: () => callback(...given) });
    const handle = { id, ref: () => handle, unref: () => handle, hasRef: () => true, [Symbol.toPrimitive]: () => id };
    return handle;
  };
  const clear = (handle) => timers.delete(Number(handle ?? -1));
  const idle = () => busy === 0 && quiet > QUIET + 2;
  const until = async (condition) => {
    while (!condition()) await new Promise((resolve) => realTimeout(resolve, 1));
  };

  return {
    setTimeout: (...given) => start(false, ...given),
    setInterval: (...given) => start(true, ...given),
    clearTimeout: clear,
    clearInterval: clear,
    Date: class Date extends RealDate {
      constructor(...given) {
        super(...(given.length === 0 ? [START + now] : given));
      }
      static now() {
        return START + now;
      }
    },
    AbortSignal: class extends RealSignal {
      static timeout(delay) {
        const controller = new AbortController();
        start(false, () => controller.abort(new DOMException('timed out', 'TimeoutError')), delay);
        return controller.signal;
      }
      static any(signals) {
        return RealSignal.any(signals);
      }
      static abort(reason) {
        return RealSignal.abort(reason);
      }
    },
    // Something is on its way (1) or has arrived (-1), or something happened (0).
    event(by) {
      busy += by;
      quiet = 0;
    },
    // Nothing is on its way any more; with timers: and nothing is going to happen.
    settled: (withTimers) => until(() => idle() && (!withTimers || timers.size === 0)),
    // Nothing is going to happen any more although the program has not ended.
    stuck: (ended) => until(() => ended() || (idle() && timers.size === 0 && quiet > 200) || now > 36e5),
    waited: () => now,
    stop: () => {
      stopped = true;
      timers.clear();
    },
  };
}
