import { send, unanswered } from './api.js';
import * as auth from './auth.js';
import { button, h } from './dom.js';
import { watchIdle } from './idle.js';
import { showList } from './list.js';
import { isRevealed } from './reveal.js';
import { setClock } from './schedule.js';
import { failed, loading, nothing, signedOut } from './states.js';
import { t } from './text.js';

const DRAFT = 'draft';
const TOLD_FOR = 12_000;
const OLD = 5 * 60_000;

const main = /** @type {HTMLElement} */ (document.querySelector('main'));
const account = /** @type {HTMLElement} */ (document.querySelector('#account'));
const told = /** @type {HTMLElement} */ (document.querySelector('#told'));

/** @type {Config | null} */
let config = null;
/** @type {ReturnType<typeof showList> | null} */
let list = null;
let over = false;
let readAt = 0;
let forgetting = 0;

/** @type {Context} */
const context = {
  config: /** @type {any} */ (null),
  listing: /** @type {any} */ (null),
  refresh,
  ask,
  signInAgain,
  tell: (message) => {
    told.textContent = message;
    clearTimeout(forgetting);
    forgetting = setTimeout(() => told.replaceChildren(), TOLD_FOR);
  },
};

/** @param {Node} view */
function show(view) {
  list = null;
  main.replaceChildren(view);
}

async function boot() {
  show(loading());
  const answer = await send({ path: '/api/config' }, null);
  if (!answer.ok) return show(failed(answer.problem, null, boot));
  config = context.config = /** @type {Config} */ (answer.body);
  document.title = t.documentTitle(config.providerName);
  const started = await auth.start(config);
  if (!started.user) return welcome(false, started.refused);
  auth.onEnded(ended);
  watchIdle(() => void auth.signOut(true));
  showAccount(started.user);
  await load();
}

/** @param {boolean} after whether a session came before @param {string | null} [refused] */
function welcome(after, refused = null) {
  account.replaceChildren();
  const why = { ended: after, kept: sessionStorage.getItem(DRAFT) !== null, refused };
  if (config) show(signedOut(config, why, () => signInAgain()));
}

/** @param {Draft} [draft] */
function signInAgain(draft) {
  if (draft) keep(draft);
  auth.signIn().catch(() => config && show(failed(unanswered(), config, () => location.reload())));
}

/** @param {Draft} draft */
const keep = (draft) => sessionStorage.setItem(DRAFT, JSON.stringify(draft));

/** @returns {Draft | null} */
function takeDraft() {
  const kept = sessionStorage.getItem(DRAFT);
  sessionStorage.removeItem(DRAFT);
  return kept && JSON.parse(kept);
}

/** What is open keeps what was typed, and a revealed value; the list goes once nothing is. */
function ended() {
  over = true;
  if (!isRevealed() && !document.querySelector('dialog[open]')) welcome(true);
}

async function load() {
  show(loading());
  const problem = await read();
  if (problem) return refused(problem);
  present();
  arrive();
  const draft = takeDraft();
  if (draft) list?.find(draft.clientId)?.resume(draft);
}

/** @param {Problem} problem */
function refused(problem) {
  if (problem.code === 'invalid_token') return welcome(true);
  if (problem.code === 'role_missing' && config) return show(nothing(config, false));
  show(failed(problem, config, load));
  if (problem.code === 'offline') addEventListener('online', () => void load(), { once: true });
}

/** @returns {Promise<Problem | null>} */
async function read() {
  const answer = await ask({ path: '/api/applications' });
  if (!answer.ok) return answer.problem;
  context.listing = /** @type {Listing} */ (answer.body);
  setClock(context.listing.serverTime);
  readAt = Date.now();
  return null;
}

async function refresh() {
  if (over) {
    if (!document.querySelector('dialog[open]')) welcome(true);
    return false;
  }
  const problem = await read();
  if (problem) return false;
  if (!list?.update()) present();
  if (document.activeElement === document.body) main.focus();
  return true;
}

function present() {
  const { applications } = context.listing;
  if (config && !applications.length) return show(nothing(config, true));
  list = showList(main, context);
  const names = [...new Set(applications.flatMap((each) => each.organisation?.name ?? []))];
  const shown = names.length > 2 ? t.organisations(names.length) : names.join(', ');
  const place = document.querySelector('#organisation');
  if (place) place.textContent = shown;
}

/** Shows the application that the address names, as a mail's link does. */
function arrive() {
  const found = list?.find(location.hash.slice(1));
  if (!found) return;
  found.unfold();
  found.element.focus({ preventScroll: true });
  found.element.scrollIntoView();
}

/** @param {User} user */
function showAccount({ name, address }) {
  const leave = () => void auth.signOut().catch(() => welcome(true));
  account.replaceChildren(
    h('div', { title: address }, h('strong', {}, name || address), h('span', { id: 'organisation' })),
    button(t.signOut, leave),
  );
}

/** @type {Context['ask']} */
async function ask(request, draft) {
  try {
    const bearer = await auth.token();
    let answer = await send(request, bearer);
    if (answer.ok || answer.problem.status !== 401) return answer;
    if (answer.problem.claims) return await stepUp(answer, draft);
    const renewed = await auth.token(bearer);
    if (renewed) answer = await send(request, renewed);
    if (!answer.ok && answer.problem.status === 401 && !answer.problem.claims) await auth.signOut(true);
    return answer;
  } catch {
    return { ok: false, problem: { status: 0, code: navigator.onLine ? 'sign_in_away' : 'offline' } };
  }
}

/**
 * @template T
 * @param {{ ok: false, problem: Problem }} answer
 * @param {() => Draft} [draft]
 * @returns {Promise<Answer<T>>}
 */
async function stepUp(answer, draft) {
  if (draft) keep(draft());
  const leaving = await auth.signIn(answer.problem.claims);
  if (leaving) return await new Promise(() => {});
  sessionStorage.removeItem(DRAFT);
  return answer;
}

addEventListener('hashchange', arrive);
addEventListener('pageshow', (event) => event.persisted && location.reload());
document.addEventListener('visibilitychange', () => {
  const quiet = list && !document.hidden && !document.querySelector('dialog[open]');
  if (quiet && Date.now() - readAt > OLD) void refresh();
});
void boot();
