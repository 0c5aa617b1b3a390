import { button, h, openDialog } from './dom.js';
import { t } from './text.js';

const LONGEST = 20 * 60_000;
const AHEAD = 2 * 60_000;
const SIGNS = ['keydown', 'pointerdown', 'wheel', 'touchstart'];

/**
 * Calls `end` once nobody did anything for 20 minutes; asks 2 minutes ahead.
 *
 * @param {() => void} end
 */
export function watchIdle(end) {
  let last = Date.now();
  /** @type {ReturnType<typeof openDialog> | null} */
  let asking = null;
  const stay = () => {
    asking?.close();
    asking = null;
    last = Date.now();
  };
  const active = () => {
    if (!asking) last = Date.now();
  };
  const look = () => {
    // By the clock, not by counting: a machine that slept was idle too.
    const idle = Date.now() - last;
    if (idle >= LONGEST) {
      clearInterval(timer);
      for (const sign of SIGNS) removeEventListener(sign, active, true);
      asking?.close();
      end();
    } else if (idle >= LONGEST - AHEAD && !asking) {
      const buttons = h('div', { className: 'buttons' }, button(t.idle.stay, stay, { className: 'primary' }));
      asking = openDialog(t.idle.title, h('p', {}, t.idle.text), buttons);
    }
  };
  const timer = setInterval(look, 1000);
  for (const sign of SIGNS) addEventListener(sign, active, { capture: true, passive: true });
}
