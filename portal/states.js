import { button, fill, h, icon, link, mailto, notice } from './dom.js';
import { described } from './problems.js';
import { t } from './text.js';

/**
 * @param {string} drawn
 * @param {string} title
 * @param {Child[]} children
 */
function state(drawn, title, ...children) {
  return h('section', { className: 'state' }, icon(drawn), h('h1', {}, title), ...children);
}

export function loading() {
  return h('section', { className: 'state' }, h('h1', {}, t.title), h('p', { role: 'status' }, t.loading));
}

/**
 * @param {Config} config
 * @param {{ ended: boolean, kept: boolean, refused: string | null }} why
 * @param {() => void} signIn
 */
export function signedOut(config, why, signIn) {
  const message = why.kept ? t.welcome.kept : why.ended ? t.welcome.ended : null;
  return state(
    'key',
    t.title,
    message && notice('info', message),
    why.refused && notice('error', t.welcome.refused(why.refused), ' ', fill(t.none.ask, support(config))),
    h('p', {}, t.welcome.lead(config.providerName)),
    h('p', { className: 'quiet' }, t.welcome.who, ' ', link(config.guides.mfa, t.guide.mfa)),
    button(t.signIn, signIn, { className: 'primary large' }),
  );
}

/** @param {Config} config @param {boolean} role whether the role is there, and only the applications are not */
export function nothing(config, role) {
  return state(
    'search',
    t.none.title,
    h('p', {}, role ? t.none.text : t.none.role),
    h('p', {}, fill(t.none.ask, support(config))),
    h('p', {}, fill(t.none.mfa, { guide: link(config.guides.mfa, t.guide.mfa) })),
  );
}

/** @param {Config} config */
const support = (config) => ({ support: mailto(config.supportEmail) });

/**
 * @param {Problem} problem
 * @param {Config | null} config
 * @param {() => void} retry
 */
export function failed(problem, config, retry) {
  const { offline, unavailable, title } = t.failed;
  const heading = problem.code === 'offline' ? offline : problem.status === 403 ? title : unavailable;
  return state(
    'warning',
    heading,
    h('div', { role: 'alert' }, described(problem, config)),
    button(t.retry, retry, { className: 'primary' }),
  );
}
