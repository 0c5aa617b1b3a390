import { send, unanswered } from './api.js';
import * as auth from './auth.js';
import { button, buttons, explained, fill, h, icon, inDialog, link, notice, openDialog, p, quiet, t, withSupport } from './kit.js';
import { showList } from './list.js';
import { setClock } from './time.js';

const DRAFT = 'draft';
const TOLD_FOR = 12_000;
const OLD = 5 * 60_000;
const LONGEST = 20 * 60_000;
const AHEAD = 2 * 60_000;

const [main, account, told] = ['main', '#account', '#told'].map(
  (each) => /** @type {HTMLElement} */ (document.querySelector(each)),
);

/** @type {Config} */
let config;
/** @type {ReturnType<typeof showList> | null} */
let list = null;
let over = false;
let readAt = 0;
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

/** @param {string} drawn @param {string} title @param {Child[]} children */
const state = (drawn, title, ...children) =>
  show(h('section', { className: 'state' }, icon(drawn), h('h1', {}, title), ...children));

const loading = () => state('clock', t.title, h('p', { role: 'status' }, t.loading));

/** @param {string} why */
function nothing(why) {
  const mfa = fill(t.nothing.mfa, link(config.guides.mfa, t.mfaGuide));
  state('info', t.nothing.title, p(why), p(withSupport(t.nothing.ask, config)), p(mfa));
}

/** @param {Problem} problem @param {() => void} retry */
function failed(problem, retry) {
  const told = h('div', { role: 'alert' }, explained(problem, context.config));
  state('warning', t.failed, told, button(t.retry, retry, 'primary'));
}

/** @param {string} [message] what came before */
function welcome(message) {
  account?.replaceChildren();
  const { providerName, guides } = config;
  const before = sessionStorage.getItem(DRAFT) ? t.kept : message;
  state(
    'key',
    t.title,
    before && notice('info', 'status', before),
    p(t.welcome.lead(providerName)),
    p(quiet(t.welcome.who, ' ', link(guides.mfa, t.mfaGuide))),
    button(t.signIn, () => signIn(), 'primary large'),
  );
}

async function boot() {
  loading();
  const answer = await send({ path: '/api/config' });
  if (!answer.ok) return failed(answer.problem, boot);
  config = context.config = /** @type {Config} */ (answer.body);
  document.title = `${t.title} – ${config.providerName}`;
  const { user, refused } = await auth.start(config);
  if (!user) return welcome(refused && t.welcome.refused(refused));
  auth.onEnded(() => {
    over = true;
    leaveList();
  });
  watchIdle();
  const organisation = h('span', { id: 'organisation' });
  const leave = button(t.signOut, () => auth.signOut().catch(() => welcome(t.welcome.ended)));
  account?.replaceChildren(h('div', { title: user.address }, h('b', {}, user.name), organisation), leave);
  await load();
}

/** Once the session is over, the list goes as soon as nothing is open: no value, nothing typed. */
function leaveList() {
  if (over && !inDialog()) welcome(t.welcome.ended);
}

/** @param {Draft} [draft] */
function signIn(draft) {
  if (draft) keep(draft);
  auth.signIn().catch(() => failed(unanswered('sign_in_away').problem, signIn));
}

/** @param {Draft} draft */
const keep = (draft) => sessionStorage.setItem(DRAFT, JSON.stringify(draft));

async function load() {
  loading();
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
  if (code === 'role_missing') return nothing(t.problems.role_missing);
  failed(problem, load);
  if (code === 'offline') addEventListener('online', load, { once: true });
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
  if (over || (await read())) return false;
  if (!list?.update()) present();
  if (document.activeElement === document.body) main?.focus();
  return true;
}

function present() {
  const { applications } = context.listing;
  if (!applications.length) return nothing(t.nothing.text);
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

/** Ends the session once nobody did anything for 20 minutes; asks 2 minutes ahead. */
function watchIdle() {
  let last = Date.now();
  /** @type {(() => void) | null} */
  let close = null;
  const stay = () => {
    close?.();
    close = null;
    last = Date.now();
  };
  // By the clock, not by counting: a machine that slept was idle too.
  const timer = setInterval(() => {
    const left = last + LONGEST - Date.now();
    if (left <= 0) {
      clearInterval(timer);
      close?.();
      void auth.signOut(true);
    } else if (left <= AHEAD) {
      close ??= openDialog(t.idle.title, stay, p(t.idle.text), buttons(button(t.idle.stay, stay, 'primary')));
    }
  }, 1000);
  const active = () => close || (last = Date.now());
  for (const sign of ['keydown', 'pointerdown', 'wheel']) addEventListener(sign, active, { passive: true });
}

addEventListener('hashchange', arrive);
addEventListener('dialogclosed', leaveList);
addEventListener('pageshow', (event) => event.persisted && location.reload());
document.addEventListener('visibilitychange', () => {
  if (list && !document.hidden && !inDialog() && Date.now() - readAt > OLD) void refresh();
});
void boot();
