// What is shown instead of the list.

import { button, fill, h, icon, link, notice, p, quiet, withSupport } from './dom.js';
import { explained } from './problems.js';
import { t } from './text.js';

/** @param {string} drawn @param {string} title @param {Child[]} children */
const state = (drawn, title, ...children) =>
  h('section', { className: 'state' }, icon(drawn), h('h1', {}, title), ...children);

export const loading = () => state('clock', t.title, h('p', { role: 'status' }, t.loading));

/** @param {Config} config @param {string} why */
export function nothing(config, why) {
  const mfa = fill(t.nothing.mfa, link(config.guides.mfa, t.mfaGuide));
  return state('info', t.nothing.title, p(why), p(withSupport(t.nothing.ask, config)), p(mfa));
}

/**
 * @param {Problem} problem
 * @param {Config | null} config
 * @param {() => void} retry
 * @param {string} [what] failed
 */
export function failed(problem, config, retry, what = t.failed) {
  const told = h('div', { role: 'alert' }, explained(problem, config));
  return state('warning', what, told, button(t.retry, retry, 'primary'));
}

/**
 * @param {Config} config
 * @param {string} message what came before, if anything did
 * @param {() => void} signIn
 */
export function signedOut({ providerName, guides }, message, signIn) {
  return state(
    'key',
    t.title,
    message && notice('info', 'status', message),
    p(t.welcome.lead(providerName)),
    p(quiet(t.welcome.who, ' ', link(guides.mfa, t.mfaGuide))),
    button(t.signIn, signIn, 'primary large'),
  );
}
