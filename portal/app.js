import * as auth from './auth.js';
import { button, h } from './dom.js';
import { failed, loading, nothing, signedOut } from './states.js';
import { inDialog } from './dialog.js';
import { send, unanswered } from './api.js';
import { setClock } from './time.js';
import { showList } from './list.js';
import { t } from './text.js';
import { watchIdle } from './idle.js';

const DRAFT = 'draft';
const TOLD_FOR = 12_000;
const OLD = 5 * 60_000;

const [main, account, told] = ['main', '#account', '#told'].map(
  (each) => /** @type {HTMLElement} */ (document.querySelector(each)),
);

/** @type {Config} */
let config;
/** @type {ReturnType<typeof showList> | null} */
let list = null;
let over = false;
let readAt = 0;
let asked = 0;
let shown = 0;
let stopWatching = () => {};
let forgetting = 0;

const context = /** @type {Context} */ ({ refresh, ask, signIn, tell });

/** @param {string} message */
function tell(message) {
  told?.replaceChildren(message);
  clearTimeout(forgetting);
  forgetting = setTimeout(() => told?.replaceChildren(), TOLD_FOR);
}

/** @param {Node} view */
function show(view) {
  list = null;
  main?.replaceChildren(view);
}

/** @param {string} [message] */
function welcome(message = '') {
  account?.replaceChildren();
  const typed = sessionStorage.getItem(DRAFT);
  const told = typed ? `${message || t.welcome.ended} ${t.typed}` : message;
  show(signedOut(config, told, () => signIn()));
}

async function boot() {
  show(loading());
  const answer = await send({ path: '/api/config' });
  if (!answer.ok) return show(failed(answer.problem, null, boot));
  config = context.config = /** @type {Config} */ (answer.body);
  document.title = `${t.title} – ${config.providerName}`;
  const { user, refused } = await auth.start(config);
  if (!user) return welcome(refused && t.welcome.refused(refused));
  auth.onEnded(end);
  stopWatching = watchIdle(() => auth.signOut(true));
  const organisation = h('span', { id: 'organisation' });
  const leave = button(t.signOut, () => auth.signOut().catch(end));
  account?.replaceChildren(
    h('div', { title: user.address }, h('b', {}, user.name), organisation),
    leave,
  );
  await load();
}

function end() {
  stopWatching();
  over = true;
  leaveList();
}

/** Once the session is over, the list goes as soon as nothing is open: no value, nothing typed. */
function leaveList() {
  if (over && !inDialog()) welcome(t.welcome.ended);
}

/** @param {Draft} [draft] */
function signIn(draft) {
  if (draft) keep(draft);
  const { problem } = unanswered('sign_in_away');
  auth.signIn().catch(() => show(failed(problem, config, signIn, t.welcome.failed)));
}

/** @param {Draft} draft */
const keep = (draft) => sessionStorage.setItem(DRAFT, JSON.stringify(draft));

async function load() {
  removeEventListener('online', load);
  show(loading());
  const problem = await read();
  if (problem) return refused(problem);
  present();
  arrive();
  /** @type {Draft | null} */
  const draft = JSON.parse(sessionStorage.getItem(DRAFT) ?? 'null');
  sessionStorage.removeItem(DRAFT);
  if (draft) list?.find(draft.clientId)?.create(draft);
}

/** @param {Problem} problem */
function refused(problem) {
  const { code } = problem;
  if (code === 'invalid_token') return welcome(t.welcome.ended);
  if (code === 'role_missing') return show(nothing(config, t.problems.role_missing));
  show(failed(problem, config, load));
  if (code === 'offline') addEventListener('online', load, { once: true });
}

/** @returns {Promise<Problem | null>} */
async function read() {
  const turn = ++asked;
  const answer = await ask({ path: '/api/applications' });
  // A later reading was answered first: it is the newer one.
  if (turn < shown) return null;
  if (!answer.ok) return answer.problem;
  shown = turn;
  context.listing = /** @type {Listing} */ (answer.body);
  setClock(context.listing.serverTime);
  readAt = Date.now();
  return null;
}

async function refresh() {
  if (over) return false;
  const problem = await read();
  if (problem) list?.outdated();
  if (problem || over) return false;
  if (!list?.update()) present();
  if (document.activeElement === document.body) main?.focus();
  return true;
}

function present() {
  const { applications } = context.listing;
  if (!applications.length) return show(nothing(config, t.nothing.text));
  if (main) list = showList(main, context);
  const names = new Set(applications.map((each) => each.organisation?.name).filter(Boolean));
  const shown = names.size > 2 ? t.organisations(names.size) : [...names].join(', ');
  document.querySelector('#organisation')?.replaceChildren(shown);
}

/** Shows the application that the address names, as a mail's link does. */
const arrive = () => list?.find(location.hash.slice(1))?.arrive();

/** @type {Context['ask']} */
async function ask(request, draft) {
  try {
    const bearer = await auth.token();
    const answer = bearer ? await send(request, bearer) : unanswered('invalid_token');
    if (answer.ok || answer.problem.status !== 401) return /** @type {any} */ (answer);
    const { claims } = answer.problem;
    if (claims) return await stepUp(answer, claims, draft);
    const renewed = await auth.token(bearer);
    return /** @type {any} */ (renewed ? await send(request, renewed) : answer);
  } catch {
    return unanswered('sign_in_away');
  }
}

/** @param {Refusal} answer @param {string} claims @param {() => Draft} [draft] */
async function stepUp(answer, claims, draft) {
  if (!(await auth.signIn(claims))) return answer;
  if (draft) keep(draft());
  // The page is being left: what waits for an answer is to wait on.
  return await new Promise(() => {});
}

addEventListener('hashchange', arrive);
// A link to where the address points already changes nothing of it.
main?.addEventListener('click', ({ target }) => {
  if (target instanceof HTMLAnchorElement && target.hash && target.hash === location.hash) arrive();
});
addEventListener('dialogclosed', leaveList);
addEventListener('pageshow', (event) => event.persisted && location.reload());
document.addEventListener('visibilitychange', () => {
  if (list && !document.hidden && !inDialog() && Date.now() - readAt > OLD) void refresh();
});
void boot();
