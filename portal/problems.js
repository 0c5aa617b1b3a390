import { h, p, quiet, withSupport } from './dom.js';
import { t } from './text.js';

/** What trying again does not mend. */
const HELPLESS = new Set([
  403,
  500,
  'directory_refused',
  'settings_incomplete',
  'step_up_required',
]);

/**
 * Says what went wrong, when to try again, and what support needs to know.
 *
 * @param {Problem} problem
 * @param {Config | null} config
 */
export function explained({ code, status, traceId, retryAfterSeconds: wait }, config) {
  /** @type {Record<string, string>} */
  const texts = t.problems;
  const text = texts[code] ?? (status === 500 ? t.problems.internal_error : t.problems.unavailable);
  const helpless = HELPLESS.has(status) || HELPLESS.has(code);
  return h(
    'div',
    {},
    p(text, ' ', wait && t.wait(wait)),
    helpless && config && p(withSupport(t.support, config)),
    (helpless || status > 500) && traceId && p(quiet(t.trace(traceId))),
  );
}
