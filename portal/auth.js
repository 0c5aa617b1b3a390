// Signing in, by oidc-client-ts. Tokens live in this module's memory and nowhere else; the library
// keeps the state of a sign-in under way in the session's storage. ADR 0015.

import { ErrorResponse, OidcClient, WebStorageStateStore } from 'oidc-client-ts';

const PAGE = `${location.origin}/manage-clients`;
const EARLY = 60;
const PATIENCE = 30;
const STATES = 'oidc.';

/** Refusals that pass by themselves: the session goes on. */
const PASSING = new Set(['temporarily_unavailable', 'server_error']);

/** That a claims challenge is understood: the API sends none to who does not say so. */
const CAPABLE = { xms_cc: { values: ['cp1'] } };

/** @type {import('oidc-client-ts').OidcClient} */
let client;
/** @type {import('oidc-client-ts').SigninResponse | null} */
let session = null;
/** @type {string} the claims that the session was asked for with, in base64 */
let proven = '';
/** @type {Promise<string | null> | null} */
let renewal = null;
let ended = () => {};

/**
 * Finishes a sign-in that the page's address answers to; the fragment that the page was opened
 * with is its address's again.
 *
 * @param {Config} config
 * @returns {Promise<{ user?: User, refused?: string }>} `refused`: the authority's word
 */
export async function start({ authority, clientId, scope }) {
  client = new OidcClient({
    authority,
    client_id: clientId,
    redirect_uri: PAGE,
    post_logout_redirect_uri: PAGE,
    response_mode: 'fragment',
    scope: `openid profile offline_access ${scope}`,
    loadUserInfo: false,
    requestTimeoutInSeconds: PATIENCE,
    stateStore: new WebStorageStateStore({ store: sessionStorage, prefix: STATES }),
  });
  const address = location.href;
  const state = new URLSearchParams(location.hash.slice(1)).get('state');
  if (!state) return {};
  // Without it, this is the address of an old sign-in: reloaded, or gone back to.
  const kept = JSON.parse(sessionStorage.getItem(STATES + state) ?? 'null')?.data;
  history.replaceState(null, '', PAGE + (kept?.fragment ?? ''));
  if (!kept) return {};
  try {
    session = await client.processSigninResponse(address);
    proven = kept.claims;
    const { name, preferred_username: account = '' } = session.profile;
    return { user: { name: name || account, address: account } };
  } catch (fault) {
    return { refused: fault instanceof ErrorResponse ? `${fault.error}` : 'no_answer' };
  }
}

/**
 * Leaves for the authority. False if these very claims were asked for already: asking again leads
 * nowhere.
 *
 * @param {string} [claims] of a challenge, in base64
 */
export async function signIn(claims = '') {
  if (claims && claims === proven) return false;
  const { url } = await client.createSigninRequest({
    state: { fragment: location.hash, claims },
    nonce: crypto.randomUUID(),
    extraQueryParams: { claims: wanted(claims) },
  });
  location.assign(url);
  return true;
}

/** @param {string} claims */
function wanted(claims) {
  const asked = claims ? JSON.parse(atob(claims)) : {};
  return JSON.stringify({ ...asked, access_token: { ...asked.access_token, ...CAPABLE } });
}

/**
 * Returns an access token, refreshed where it is due; null once the session has ended. Throws when
 * the authority does not answer.
 *
 * @param {string | null} [stale] a token that was refused
 */
export async function token(stale) {
  if (!session) return null;
  const left = (session.expires_at ?? 0) - Date.now() / 1000;
  if (left > EARLY && session.access_token !== stale) return session.access_token;
  renewal ??= renew(session).finally(() => (renewal = null));
  return renewal;
}

/** @param {import('oidc-client-ts').SigninResponse} old */
async function renew(old) {
  try {
    // Entra answers with the API's scope alone, and gives a next refresh token only if asked for one.
    const state = /** @type {any} */ ({ ...old, scope: client.settings.scope });
    const renewed = await client.useRefreshToken({
      state,
      extraTokenParams: { claims: wanted(proven) },
    });
    renewed.refresh_token ??= /** @type {string} */ (old.refresh_token);
    // Signed out meanwhile: what came is not to be used.
    if (session) session = renewed;
  } catch (fault) {
    if (!(fault instanceof ErrorResponse) || PASSING.has(`${fault.error}`)) throw fault;
    await signOut(true);
  }
  return session?.access_token ?? null;
}

/**
 * Drops the tokens; ends the session at the authority too, unless it is `here` alone. No token
 * goes into that address: a browser's history would keep it.
 *
 * @param {boolean} [here]
 */
export async function signOut(here = false) {
  session = null;
  if (here) return ended();
  location.assign((await client.createSignoutRequest()).url);
}

/** @param {() => void} listener hears that the session ended here */
export const onEnded = (listener) => void (ended = listener);
