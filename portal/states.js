// What is shown instead of the list, and the question whether anybody is there.

import { button, buttons, explained, fill, h, icon, link, notice, openDialog, p, quiet, t, withSupport } from './kit.js';

/** @param {string} drawn @param {string} title @param {Child[]} children */
const state = (drawn, title, ...children) =>
  h('section', { className: 'state' }, icon(drawn), h('h1', {}, title), ...children);

export const loading = () => state('clock', t.title, h('p', { role: 'status' }, t.loading));

/**
 * @param {Config} config
 * @param {string} message what came before, if anything did
 * @param {() => void} signIn
 */
export function signedOut(config, message, signIn) {
  return state(
    'key',
    t.title,
    message && notice('info', 'status', message),
    p(t.welcome.lead(config.providerName)),
    p(quiet(t.welcome.who, ' ', link(config.guides.mfa, t.mfaGuide))),
    button(t.signIn, signIn, 'primary large'),
  );
}

/** @param {Config} config @param {string} why */
export function nothing(config, why) {
  const mfa = fill(t.nothing.mfa, link(config.guides.mfa, t.mfaGuide));
  return state('info', t.nothing.title, p(why), p(withSupport(t.nothing.ask, config)), p(mfa));
}

/** @param {Problem} problem @param {Config | null} config @param {() => void} retry */
export function failed(problem, config, retry) {
  const told = h('div', { role: 'alert' }, explained(problem, config));
  return state('warning', t.failed, told, button(t.retry, retry, 'primary'));
}

const LONGEST = 20 * 60_000;
const AHEAD = 2 * 60_000;

/**
 * Calls `end` once nobody did anything for 20 minutes; asks 2 minutes ahead.
 *
 * @param {() => void} end
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
  // By the clock, not by counting: a machine that slept was idle too.
  const timer = setInterval(() => {
    const left = last + LONGEST - Date.now();
    if (left <= 0) {
      clearInterval(timer);
      close?.();
      end();
    } else if (left <= AHEAD) {
      close ??= openDialog(t.idle.title, p(t.idle.text), buttons(button(t.idle.stay, stay, 'primary')));
    }
  }, 1000);
  for (const sign of ['keydown', 'pointerdown', 'wheel']) {
    addEventListener(sign, () => close || (last = Date.now()), { passive: true });
  }
}
