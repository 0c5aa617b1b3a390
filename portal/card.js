import { Creation } from './create.js';
import { Removal } from './remove.js';
import { button, h, icon, newId, notice, p, quiet, withSupport } from './dom.js';
import { byEnd, daysLeft, isDead, isPressing, urgency, validSecrets } from './time.js';
import { copyable } from './copy.js';
import { inDialog } from './dialog.js';
import { longDay, shortDay, t } from './text.js';

/** @type {Record<Urgency, string>} */
const DRAWN = {
  active: 'check',
  soon: 'clock',
  warning: 'warning',
  urgent: 'warning',
  expired: 'error',
};
const WORST = /** @type {const} */ (['urgent', 'warning', 'soon', 'active', 'expired']);

/** @param {Urgency} level */
const badge = (level) =>
  h('span', { className: `badge ${level}` }, icon(DRAWN[level]), t.badge[level]);

/**
 * One application. Folded, its secrets are made when it is first unfolded.
 *
 * @param {Context} context
 * @param {Application} application
 * @param {boolean} folds
 */
export function card(context, application, folds) {
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
  const create = (/** @type {Draft | undefined} */ draft) =>
    void new Creation(context, current, draft);
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
      canWrite &&
        button(
          t.create.open,
          () => create(undefined),
          'primary',
          'add',
          t.create.openFor(displayName),
        ),
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
  const id = h(
    'p',
    { className: 'client' },
    quiet(t.clientId),
    copyable(clientId, '', t.copyId(displayName)),
  );
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
  return valid.slice(0, -1).some(isPressing);
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
    cell(
      table.created,
      `${shortDay(startDateTime)} `,
      quiet(createdBy ? t.by(createdBy) : t.elsewhere),
    ),
    cell(
      table.expires,
      `${longDay(expiresOn)} `,
      quiet(`(${t.days(daysLeft(secret))})`),
      ' ',
      badge(urgency(secret)),
    ),
    cell(
      table.reminded,
      ...(lastReminder
        ? [shortDay(lastReminder.sentAt), ' ', quiet(t.stage[lastReminder.stage])]
        : [quiet(t.none)]),
    ),
    application.canWrite &&
      cell(
        table.remove,
        button('', remove, 'subtle danger', 'delete', t.remove.openFor(name, hint)),
      ),
  );
}

/** @param {string} label @param {Child[]} children */
const cell = (label, ...children) =>
  h('td', { role: 'cell', 'data-label': label }, h('span', {}, ...children));
