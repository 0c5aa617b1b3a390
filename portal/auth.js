// Signing in, by oidc-client-ts. Tokens live in this module's memory and nowhere else; the library
// keeps the state of a sign-in under way in the session's storage. ADR 0015.

const PAGE = `${location.origin}/manage-clients`;
const EARLY = 60;

/** That a claims challenge is understood: the API sends none to who does not say so. */
const CAPABLE = { access_token: { xms_cc: { values: ['cp1'] } } };

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
 * Finishes a sign-in that the page's address answers to.
 *
 * @param {Config} config
 * @returns {Promise<Started>} the user, the fragment that the page was first opened with, and the
 *   authority's word where it refused
 */
export async function start(config) {
  client = new oidc.OidcClient({
    authority: config.authority,
    client_id: config.clientId,
    redirect_uri: PAGE,
    post_logout_redirect_uri: PAGE,
    response_mode: 'fragment',
    scope: `openid profile offline_access ${config.scope}`,
    loadUserInfo: false,
    stateStore: new oidc.WebStorageStateStore({ store: sessionStorage }),
  });
  const address = location.href;
  const fragment = location.hash.slice(1);
  if (!/(^|&)state=/.test(fragment)) return { user: null, fragment, refused: null };
  history.replaceState(null, '', PAGE);
  return await finish(address);
}

/** @param {string} address @returns {Promise<Started>} */
async function finish(address) {
  try {
    session = await client.processSigninResponse(address);
    const kept = /** @type {{ fragment: string, claims: string }} */ (session.userState);
    proven = kept.claims;
    if (kept.fragment) history.replaceState(null, '', `${PAGE}#${kept.fragment}`);
    const { name, preferred_username: account } = session.profile;
    return { user: { name: name ?? '', address: account ?? '' }, fragment: kept.fragment, refused: null };
  } catch (fault) {
    // Anything but a refusal is the address of an old sign-in: reloaded, or gone back to.
    if (!(fault instanceof oidc.ErrorResponse)) return { user: null, fragment: '', refused: null };
    const kept = /** @type {any} */ (fault.state);
    return { user: null, fragment: kept?.fragment ?? '', refused: fault.error };
  }
}

/**
 * Leaves for the authority; the page's fragment survives. False if these very claims were asked
 * for already, so that asking again leads nowhere.
 *
 * @param {string} [claims] of a challenge, in base64
 */
export async function signIn(claims = '') {
  if (claims && claims === proven) return false;
  const request = await client.createSigninRequest({
    state: { fragment: location.hash.slice(1), claims },
    nonce: crypto.randomUUID(),
    extraQueryParams: { claims: wanted(claims) },
  });
  location.assign(request.url);
  return true;
}

/** @param {string} claims */
function wanted(claims) {
  const asked = claims ? JSON.parse(atob(claims)) : {};
  return JSON.stringify({ ...asked, access_token: { ...asked.access_token, ...CAPABLE.access_token } });
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
  return await renewal;
}

/** @param {import('oidc-client-ts').SigninResponse} old */
async function renew(old) {
  try {
    const state = new oidc.RefreshState(/** @type {any} */ ({ ...old, scope: old.scope ?? '' }));
    const renewed = await client.useRefreshToken({ state, extraTokenParams: { claims: wanted(proven) } });
    if (session !== old) return null;
    renewed.refresh_token ??= old.refresh_token ?? '';
    session = renewed;
    return session.access_token;
  } catch (fault) {
    if (!(fault instanceof oidc.ErrorResponse)) throw fault;
    await signOut(true);
    return null;
  }
}

/**
 * Drops the tokens; ends the session at the authority too, unless it is `here` alone.
 *
 * @param {boolean} [here]
 */
export async function signOut(here = false) {
  const hint = session?.id_token;
  session = null;
  if (here) return ended();
  const request = await client.createSignoutRequest(hint ? { id_token_hint: hint } : {});
  location.assign(request.url);
}

/** @param {() => void} listener hears that the session ended without the user's asking */
export function onEnded(listener) {
  ended = listener;
}
