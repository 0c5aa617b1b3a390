import { button, buttons, p } from './dom.js';
import { openDialog } from './dialog.js';
import { t } from './text.js';

const LONGEST = 20 * 60_000;
const AHEAD = 2 * 60_000;

/**
 * Calls `end` once nobody did anything for 20 minutes; asks 2 minutes ahead.
 *
 * @param {() => void} end
 * @returns {() => void} stops watching: there is nothing left to end
 */
export function watchIdle(end) {
  let last = Date.now();
  /** @type {(() => void) | null} */
  let close = null;
  const stay = () => {
    close?.();
    close = null;
    last = Date.now();
  };
  const stop = () => {
    clearInterval(timer);
    close?.();
    close = null;
  };
  // By the clock, not by counting: a machine that slept was idle too.
  const timer = setInterval(() => {
    const left = last + LONGEST - Date.now();
    if (left <= 0) {
      stop();
      end();
    } else if (left <= AHEAD) {
      close ??= openDialog(
        t.idle.title,
        stay,
        p(t.idle.text),
        buttons(button(t.idle.stay, stay, 'primary')),
      );
    }
  }, 1000);
  const active = () => close || (last = Date.now());
  for (const sign of ['keydown', 'pointerdown', 'wheel'])
    addEventListener(sign, active, { passive: true });
  return stop;
}
