const PATIENCE = 60_000;

/**
 * Sends one request. Never throws: what was not answered is a problem too.
 *
 * @template T
 * @param {ApiRequest} request
 * @param {string | null} bearer
 * @returns {Promise<Answer<T>>}
 */
export async function send(request, bearer) {
  try {
    const response = await fetch(request.path, options(request, bearer));
    if (response.status === 204) return { ok: true, body: /** @type {T} */ (undefined) };
    if (response.ok) return { ok: true, body: await response.json() };
    return { ok: false, problem: await problemOf(response) };
  } catch {
    return { ok: false, problem: unanswered() };
  }
}

/** @param {ApiRequest} request @param {string | null} bearer @returns {RequestInit} */
function options({ method = 'GET', key, body }, bearer) {
  const headers = {
    Accept: 'application/json, application/problem+json',
    ...(bearer && { Authorization: `Bearer ${bearer}` }),
    ...(key && { 'Idempotency-Key': key }),
    ...(body && { 'Content-Type': 'application/json' }),
  };
  const sent = body ? { body: JSON.stringify(body) } : {};
  return { method, headers, ...sent, cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) };
}

/** @param {Response} response @returns {Promise<Problem>} */
async function problemOf(response) {
  try {
    const told = await response.json();
    if (typeof told.code === 'string') return { ...told, status: response.status };
  } catch {
    // Not the API's own answer, but that of something on the way.
  }
  const traceId = response.headers.get('X-Trace-Id');
  const code = response.status === 500 ? 'internal_error' : 'no_answer';
  return { status: response.status, code, ...(traceId && { traceId }) };
}

/** @returns {Problem} */
export const unanswered = () => ({ status: 0, code: navigator.onLine ? 'no_answer' : 'offline' });

const secretsOf = (/** @type {string} */ clientId) => `/api/applications/${encodeURIComponent(clientId)}/secrets`;

/** @param {string} clientId @param {string} key @param {{ displayName: string, expiresOn: string }} body */
export const creation = (clientId, key, body) => ({ path: secretsOf(clientId), method: 'POST', key, body });

/** @param {string} clientId @param {string} keyId @param {boolean} last whether it is confirmed to be the last */
export const deletion = (clientId, keyId, last) => ({
  path: `${secretsOf(clientId)}/${encodeURIComponent(keyId)}${last ? '?confirmLast=true' : ''}`,
  method: 'DELETE',
});
