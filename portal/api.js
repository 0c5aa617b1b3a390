const PATIENCE = 60_000;

/**
 * Sends one request. Never throws: what was not answered is a problem too.
 *
 * @template T
 * @param {ApiRequest} request
 * @param {string} [bearer]
 * @returns {Promise<Answer<T>>}
 */
export async function send({ path, method = 'GET', key, body }, bearer) {
  try {
    const response = await fetch(path, {
      method,
      headers: {
        ...(bearer && { Authorization: `Bearer ${bearer}` }),
        ...(key && { 'Idempotency-Key': key, 'Content-Type': 'application/json' }),
      },
      body: body ? JSON.stringify(body) : null,
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (response.ok)
      return { ok: true, body: response.status === 204 ? null : await response.json() };
    return refused(await problemOf(response));
  } catch {
    return unanswered(navigator.onLine ? 'no_answer' : 'offline');
  }
}

/** @param {Problem} problem @returns {Refusal} */
const refused = (problem) => ({ ok: false, problem });

/** @param {string} code */
export const unanswered = (code) => refused({ status: 0, code });

/** @param {Response} response @returns {Promise<Problem>} */
async function problemOf(response) {
  const { status } = response;
  const told = await response.json().catch(() => null);
  // Anything else is not the API's own answer, but that of something on the way.
  if (typeof told?.code === 'string') return { ...told, status };
  return { status, code: status === 500 ? 'internal_error' : 'no_answer' };
}

/** @param {Application} application */
const secretsOf = ({ clientId }) => `/api/applications/${clientId}/secrets`;

/** @type {(application: Application, key: string, body: NewSecret) => ApiRequest} */
export const creation = (application, key, body) => ({
  path: secretsOf(application),
  method: 'POST',
  key,
  body,
});

/** @type {(application: Application, keyId: string, confirmLast: boolean) => ApiRequest} */
export const deletion = (application, keyId, confirmLast) => ({
  path: `${secretsOf(application)}/${keyId}${confirmLast ? '?confirmLast=true' : ''}`,
  method: 'DELETE',
});
