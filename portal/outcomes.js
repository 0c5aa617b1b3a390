// What is known of a change by its refusal.

/** Refusals after which nothing was changed, nor will be: what follows is another request. */
const DEFINITE = new Set([
  'aborted',
  'already_created',
  'application_busy',
  'application_privileged',
  'directory_busy',
  'directory_refused',
  'idempotency_key_reused',
  'invalid_input',
  'lifetime_refused',
  'not_found',
  'role_missing',
  'step_up_unsupported',
  'too_many_groups',
  'too_many_secrets',
  'unsupported_media_type',
]);

/**
 * Of these, the ones that say nothing of an earlier request with the same key: they are given
 * before it is looked up, or say of it only that it was another.
 */
const BESIDE_THE_KEY = new Set([
  'application_privileged',
  'idempotency_key_reused',
  'invalid_input',
  'not_found',
  'role_missing',
  'step_up_unsupported',
  'too_many_groups',
  'unsupported_media_type',
]);

/** Not carried out; an earlier request with the same key may yet have been. */
const TURNED_AWAY = new Set([
  'invalid_token',
  'keys_unavailable',
  'last_valid_secret',
  'settings_incomplete',
  'sign_in_away',
  'step_up_required',
  'throttled',
]);

/** @param {Problem} problem */
export const isDefinite = ({ code }) => DEFINITE.has(code);

/** @param {Problem} problem whether what was sent before with the same key may have been done */
export const leavesDoubt = ({ code }) => BESIDE_THE_KEY.has(code);

/** @param {Problem} problem whether what was asked for may have been done, or may yet be */
export const isUnknown = ({ code }) => !DEFINITE.has(code) && !TURNED_AWAY.has(code);
