import { copyable } from './copy.js';
import { openCreate } from './create.js';
import { button, fill, h, icon, mailto, newId, notice } from './dom.js';
import { openRemove } from './remove.js';
import { daysLeft, isExpired, urgency, validSecrets } from './schedule.js';
import { longDay, shortDay, t } from './text.js';

/** @type {Record<import('./schedule.js').Urgency, string>} */
const DRAWN = { active: 'check', soon: 'clock', warning: 'warning', urgent: 'warning', expired: 'error' };
const WORST = /** @type {const} */ (['expired', 'urgent', 'warning', 'soon', 'active']);

/** @param {import('./schedule.js').Urgency} level */
const badge = (level) => h('span', { className: `badge ${level}` }, icon(DRAWN[level]), t.badge[level]);

/** @param {Secret} secret */
export const nameOf = (secret) => secret.displayName ?? t.table.unnamed;

/**
 * One application. Folded, its secrets are made when it is first unfolded.
 *
 * @param {Context} context
 * @param {Application} application
 * @param {boolean} folded
 */
export function card(context, application, folded) {
  let current = application;
  let open = !folded;
  const id = newId();
  const body = h('div', { className: 'body', id: newId() });
  const summary = h('span', { className: 'summary' });
  const render = () => {
    summary.replaceChildren(...(folded ? summarised(current) : []));
    body.hidden = !open;
    body.replaceChildren(...(open ? contents(context, current) : []));
  };
  const toggle = () => {
    open = !open;
    heading.firstElementChild?.setAttribute('aria-expanded', String(open));
    render();
  };
  const name = application.displayName;
  const expands = { className: 'fold', 'aria-expanded': String(open), 'aria-controls': body.id };
  const heading = h('h2', { id }, folded ? button(name, toggle, expands, 'chevron') : name);
  const create = application.canWrite && createButton(context, () => current);
  const top = h('header', {}, h('div', {}, heading, chips(application), summary), create);
  const attributes = { className: 'card', id: application.clientId, tabIndex: -1, 'aria-labelledby': id };
  const element = h('section', attributes, top, body);
  render();
  return {
    element,
    /** @param {Application} newer */
    update: (newer) => {
      current = newer;
      render();
    },
    unfold: () => {
      element.hidden = false;
      if (!open) toggle();
    },
    create: () => openCreate(context, current),
    /** @param {Draft} draft */
    resume: (draft) => openCreate(context, current, draft),
  };
}

/** @param {Context} context @param {() => Application} application */
function createButton(context, application) {
  const label = t.card.createFor(application().displayName);
  const onclick = () => openCreate(context, application());
  return button(t.card.create, onclick, { className: 'primary', 'aria-label': label }, 'add');
}

/** @param {Application} application */
function chips({ resources }) {
  const items = resources.map((each) => h('li', {}, `${each.name} · ${each.environment}`));
  return items.length ? h('ul', { className: 'chips', 'aria-label': t.card.reach }, ...items) : null;
}

/** @param {Application} application */
function summarised({ secrets }) {
  const worst = WORST.find((level) => secrets.some((each) => urgency(each) === level));
  const alive = secrets.filter((each) => !isExpired(each));
  const shown = alive.length ? WORST.find((level) => alive.some((each) => urgency(each) === level)) : worst;
  return [h('span', {}, t.card.secrets(secrets.length)), ...(shown ? [badge(shown)] : [])];
}

/** @param {Context} context @param {Application} application @returns {Node[]} */
function contents({ config, ...context }, application) {
  const { clientId, displayName, canWrite, secrets } = application;
  const id = h(
    'p',
    { className: 'client' },
    h('span', { className: 'quiet' }, t.card.clientId),
    copyable(clientId, '', t.card.copyId(displayName)),
  );
  const support = { support: mailto(config.supportEmail) };
  const parts = [id];
  if (!canWrite) parts.push(plain('info', fill(t.card.blocked(config.providerName), support)));
  if (!secrets.length) return [...parts, h('p', { className: 'empty' }, t.card.empty)];
  if (secrets.every(isExpired)) parts.push(plain('error', t.card.allExpired));
  else if (hasOldOne(application)) parts.push(plain('info', t.card.oldOne));
  return [...parts, table({ config, ...context }, application)];
}

/** A notice that was there from the start: nothing to interrupt a reader with.
 *
 * @param {'error' | 'warning' | 'info'} kind @param {Child} child */
function plain(kind, child) {
  const made = notice(kind, child);
  made.removeAttribute('role');
  return made;
}

/** @param {Application} application */
function hasOldOne(application) {
  const valid = validSecrets(application);
  const newest = valid.reduce((a, b) => (a && a.endDateTime > b.endDateTime ? a : b), valid[0]);
  return valid.some((each) => each !== newest && urgency(each) !== 'active') && application.canWrite;
}

/** @param {Context} context @param {Application} application */
function table(context, application) {
  const { name, hint, created, expires, reminded, action } = t.table;
  const titles = [name, hint, created, expires, reminded, ...(application.canWrite ? [action] : [])];
  const head = titles.map((each) => h('th', { scope: 'col', role: 'columnheader' }, each));
  const sorted = [...application.secrets].sort((a, b) => (a.endDateTime < b.endDateTime ? -1 : 1));
  return h(
    'table',
    { role: 'table', 'aria-label': t.table.caption(application.displayName) },
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, ...head)),
    h('tbody', { role: 'rowgroup' }, ...sorted.map((each) => row(context, application, each))),
  );
}

/** @param {Context} context @param {Application} application @param {Secret} secret */
function row(context, application, secret) {
  const { hint, createdBy, lastReminder, startDateTime, expiresOn } = secret;
  const name = nameOf(secret);
  const drop = () => openRemove(context, application, secret);
  const label = t.table.remove(name, hint);
  const reminded = lastReminder && `${shortDay(lastReminder.sentAt)} (${t.table.stage[lastReminder.stage]})`;
  return h(
    'tr',
    { role: 'row' },
    h('th', { scope: 'row', role: 'rowheader', 'data-label': t.table.name }, name),
    cell(t.table.hint, hint ? h('code', {}, `${hint}…`) : t.table.unknown),
    cell(t.table.created, shortDay(startDateTime), ' ', quiet(createdBy ? t.table.by(createdBy) : t.table.elsewhere)),
    cell(t.table.expires, longDay(expiresOn), ' ', quiet(`(${t.days(daysLeft(secret))})`), ' ', badge(urgency(secret))),
    cell(t.table.reminded, reminded ?? quiet(t.table.none)),
    application.canWrite &&
      cell(t.table.action, button('', drop, { className: 'subtle danger', 'aria-label': label, title: label }, 'delete')),
  );
}

/** @param {string} label @param {Child[]} children */
const cell = (label, ...children) => h('td', { role: 'cell', 'data-label': label }, h('div', {}, ...children));

/** @param {string} text */
const quiet = (text) => h('span', { className: 'quiet' }, text);
