import { h, p, quiet, withSupport } from './dom.js';
import { t } from './text.js';

/**
 * Says what went wrong, when to try again, and what support needs to know.
 *
 * @param {Problem} problem
 * @param {Config | null} config
 */
export function explained({ code, status, traceId, retryAfterSeconds: wait }, config) {
  /** @type {Record<string, string>} */
  const texts = t.problems;
  const helpless = status === 403 || status >= 500 || code === 'directory_refused';
  return h(
    'div',
    {},
    p(
      texts[code] ?? (status === 500 ? t.problems.internal_error : t.problems.unavailable),
      ' ',
      wait && t.wait(wait),
    ),
    helpless && config && p(withSupport(t.support, config)),
    helpless && traceId && quiet(t.trace(traceId)),
  );
}
