import { Creation } from './create.js';
import { button, copyable, h, icon, inDialog, newId, notice, p, quiet, t, withSupport } from './kit.js';
import { Removal } from './secret.js';
import { daysLeft, isExpired, longDay, shortDay, urgency, validSecrets } from './time.js';

/** With more applications than this, each is folded, and there is a search. */
const MANY = 6;
const NAMED = 5;

/** @type {Record<Urgency, string>} */
const DRAWN = { active: 'check', soon: 'clock', warning: 'warning', urgent: 'warning', expired: 'error' };
const WORST = /** @type {const} */ (['urgent', 'warning', 'soon', 'active', 'expired']);

/** @param {Urgency} level */
const badge = (level) => h('span', { className: `badge ${level}` }, icon(DRAWN[level]), t.badge[level]);

/** @param {Secret} a @param {Secret} b */
const byEnd = (a, b) => (a.endDateTime < b.endDateTime ? -1 : 1);

/** @param {Secret} secret */
const worries = (secret) => !isExpired(secret) && urgency(secret) !== 'active';

/** @param {Application} application */
const isDead = ({ secrets }) => secrets.length > 0 && secrets.every(isExpired);

/**
 * Says what cannot wait, with links to it; nothing if everything can.
 *
 * @param {Application[]} applications
 */
function attention(applications) {
  const dead = applications.filter(isDead);
  const links = dead.map((each) => worry(each, t.badge.expired));
  let severe = dead.length > 0;
  let expiring = 0;
  for (const application of applications) {
    for (const secret of application.secrets.filter(worries).sort(byEnd)) {
      expiring += 1;
      severe ||= urgency(secret) === 'urgent';
      links.push(worry(application, `${secret.displayName ?? t.unnamed}, ${t.days(daysLeft(secret))}`));
    }
  }
  if (!links.length) return '';
  const told = [dead.length && t.attention.dead(dead.length), expiring && t.attention.expiring(expiring)];
  const summary = h('strong', {}, told.filter(Boolean).join(' '));
  const all = h('ul', {}, ...links);
  const few = links.length <= NAMED;
  const shown = few ? [p(summary), all] : [h('details', {}, h('summary', {}, summary), all)];
  return notice(severe ? 'error' : 'warning', undefined, ...shown);
}

/** @param {Application} application @param {string} told */
const worry = ({ clientId, displayName }, told) =>
  h('li', {}, h('a', { href: `#${clientId}` }, displayName), `: ${told}`);

/**
 * Shows the applications.
 *
 * @param {HTMLElement} main
 * @param {Context} context
 */
export function showList(main, context) {
  const { applications } = context.listing;
  const many = applications.length > MANY;
  const cards = new Map(applications.map((each) => [each.clientId, card(context, each, many)]));
  const bar = h('div', {}, attention(applications));
  main.replaceChildren(
    h('h1', {}, t.title),
    h('p', { className: 'intro' }, t.intro),
    bar,
    many ? search(context, cards) : '',
    h('div', { className: 'cards' }, ...[...cards.values()].map((each) => each.element)),
  );
  return {
    /** @param {string} clientId */
    find: (clientId) => cards.get(clientId),
    /** Shows a newer reading; false if it has other applications. */
    update: () => {
      const newer = context.listing.applications;
      if (newer.length !== cards.size || !newer.every((each) => cards.has(each.clientId))) return false;
      for (const each of newer) cards.get(each.clientId)?.update(each);
      bar.replaceChildren(attention(newer));
      return true;
    },
  };
}

/** @param {Application} application */
const words = ({ displayName, clientId, resources, secrets }) =>
  [displayName, clientId, ...resources.flatMap(Object.values), ...secrets.flatMap((each) => [each.displayName, each.hint])]
    .join('\n')
    .toLowerCase();

/** @param {Context} context @param {Map<string, ReturnType<typeof card>>} cards */
function search(context, cards) {
  const status = h('p', { role: 'status', className: 'quiet' });
  const oninput = () => {
    const wanted = input.value.trim().toLowerCase();
    const { applications } = context.listing;
    const hits = new Set(applications.filter((each) => words(each).includes(wanted)).map((each) => each.clientId));
    for (const [id, { element }] of cards) element.hidden = !hits.has(id);
    status.textContent = wanted && t.found(hits.size, applications.length);
  };
  const input = h('input', { type: 'search', id: 'search', autocomplete: 'off', oninput });
  return h('search', {}, h('label', { htmlFor: 'search' }, t.search), input, status);
}

/**
 * One application. Folded, its secrets are made when it is first unfolded.
 *
 * @param {Context} context
 * @param {Application} application
 * @param {boolean} folds
 */
function card(context, application, folds) {
  const { clientId, displayName, canWrite, resources } = application;
  let current = application;
  let open = !folds;
  const id = newId();
  const body = h('div', { className: 'body', id: newId() });
  const summary = h('p', { className: 'summary' });
  const render = () => {
    body.hidden = !open;
    fold.ariaExpanded = `${open}`;
    summary.replaceChildren(...(folds ? summarised(current.secrets) : []));
    body.replaceChildren(...(open ? contents(context, current) : []));
  };
  const toggle = () => {
    open = !open;
    render();
  };
  const fold = button(displayName, toggle, 'fold', 'chevron');
  fold.setAttribute('aria-controls', body.id);
  const create = (/** @type {Draft | undefined} */ draft) => void new Creation(context, current, draft);
  const chips = resources.map((each) => h('li', {}, `${each.name} · ${each.environment}`));
  const element = h(
    'section',
    { className: 'card', id: clientId, tabIndex: -1, 'aria-labelledby': id },
    h(
      'header',
      {},
      h(
        'div',
        {},
        h('h2', { id }, folds ? fold : displayName),
        chips.length && h('ul', { className: 'chips', 'aria-label': t.reach }, ...chips),
        summary,
      ),
      canWrite && button(t.create.open, () => create(undefined), 'primary', 'add', t.create.openFor(displayName)),
    ),
    body,
  );
  render();
  return {
    element,
    create,
    /** @param {Application} newer */
    update: (newer) => {
      const same = JSON.stringify(newer) === JSON.stringify(current);
      current = newer;
      // What is unchanged stays: focus may be on it, or be about to return there.
      if (!same) render();
    },
    arrive: () => {
      element.hidden = false;
      if (!open) toggle();
      element.scrollIntoView();
      if (!inDialog()) element.focus({ preventScroll: true });
    },
  };
}

/** @param {Secret[]} secrets */
function summarised(secrets) {
  const levels = secrets.map(urgency);
  const worst = WORST.find((each) => levels.includes(each));
  return [t.secrets(secrets.length), ...(worst ? [badge(worst)] : [])];
}

/** @param {Context} context @param {Application} application */
function contents(context, application) {
  const { clientId, displayName, canWrite, secrets } = application;
  const { config } = context;
  const id = h('p', { className: 'client' }, quiet(t.clientId), copyable(clientId, '', t.copyId(displayName)));
  /** @type {Node[]} */
  const parts = [id];
  if (!canWrite) parts.push(notice('info', undefined, withSupport(t.blocked, config)));
  if (isDead(application)) parts.push(notice('error', undefined, t.allExpired));
  else if (canWrite && hasSuccessor(application)) parts.push(notice('info', undefined, t.oldOne));
  return [...parts, secrets.length ? table(context, application) : p(quiet(t.noSecret))];
}

/** @param {Application} application whether a secret that ends soon has one that ends later beside it */
function hasSuccessor(application) {
  const valid = validSecrets(application).sort(byEnd);
  return valid.slice(0, -1).some(worries);
}

/** @param {Context} context @param {Application} application */
function table(context, application) {
  const titles = Object.values(t.table).slice(0, application.canWrite ? 6 : 5);
  const head = titles.map((each) => h('th', { scope: 'col', role: 'columnheader' }, each));
  const rows = [...application.secrets].sort(byEnd).map((each) => row(context, application, each));
  return h(
    'table',
    { role: 'table', 'aria-label': t.tableOf(application.displayName) },
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, ...head)),
    h('tbody', { role: 'rowgroup' }, ...rows),
  );
}

/** @param {Context} context @param {Application} application @param {Secret} secret */
function row(context, application, secret) {
  const { hint, createdBy, lastReminder, startDateTime, expiresOn } = secret;
  const name = secret.displayName ?? t.unnamed;
  const { table } = t;
  const remove = () => void new Removal(context, application, secret);
  return h(
    'tr',
    { role: 'row' },
    h('th', { scope: 'row', role: 'rowheader', 'data-label': table.name }, h('span', {}, name)),
    cell(table.hint, hint ? h('code', {}, `${hint}…`) : quiet(t.none)),
    cell(table.created, `${shortDay(startDateTime)} `, quiet(createdBy ? t.by(createdBy) : t.elsewhere)),
    cell(table.expires, `${longDay(expiresOn)} `, quiet(`(${t.days(daysLeft(secret))})`), ' ', badge(urgency(secret))),
    cell(table.reminded, ...(lastReminder ? [shortDay(lastReminder.sentAt), ' ', quiet(t.stage[lastReminder.stage])] : [quiet(t.none)])),
    application.canWrite && cell(table.remove, button('', remove, 'subtle danger', 'delete', t.remove.openFor(name, hint))),
  );
}

/** @param {string} label @param {Child[]} children */
const cell = (label, ...children) => h('td', { role: 'cell', 'data-label': label }, h('span', {}, ...children));
