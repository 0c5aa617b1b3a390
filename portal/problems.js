import { fill, h, mailto } from './dom.js';
import { t } from './text.js';

/** @type {Record<string, string>} */
const TEXTS = t.problems;

/** @param {Problem} problem */
export function explain(problem) {
  return TEXTS[problem.code] ?? (problem.status >= 500 ? t.problems.internal_error : t.problems.no_answer);
}

/**
 * Says what went wrong, when to try again, and what support needs to know.
 *
 * @param {Problem} problem
 * @param {Config | null} config
 */
export function described(problem, config) {
  const { traceId, retryAfterSeconds: wait, status } = problem;
  const helpless = status === 403 || status >= 500 || problem.code === 'directory_refused';
  const sentence = traceId ? t.failed.support : t.failed.supportOnly;
  return h(
    'div',
    {},
    h('p', {}, [explain(problem), wait ? t.wait(wait) : ''].join(' ').trim()),
    helpless && config && h('p', {}, fill(sentence, { support: mailto(config.supportEmail) })),
    helpless && traceId && h('p', { className: 'quiet' }, t.trace(traceId)),
  );
}
