import { Creation } from './create.js';
import { Removal } from './remove.js';
import { button, h, icon, newId, notice, p, quiet, withSupport } from './dom.js';
import { byEnd, daysLeft, isDead, isPressing, urgency, validSecrets } from './time.js';
import { copyable } from './copy.js';
import { inDialog } from './dialog.js';
import { longDay, nameOf, shortDay, t } from './text.js';

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

/** One application. Folded, its secrets are made when it is first unfolded. */
export class Card {
  body = h('div', { className: 'body', id: newId() });
  summary = h('p', { className: 'summary' });
  name = h('span', {});
  chips = h('ul', { className: 'chips', ariaLabel: t.reach });
  fold = button('', () => this.toggle(), 'fold', 'chevron');
  adder = button(t.create.open, () => this.create(), 'primary', 'add');

  /** @param {Context} context @param {Application} application @param {boolean} folds */
  constructor(context, application, folds) {
    this.context = context;
    this.application = application;
    this.folds = folds;
    this.open = !folds;
    this.fold.setAttribute('aria-controls', this.body.id);
    const id = newId();
    const named = { className: 'card', id: application.clientId, tabIndex: -1 };
    const heading = h('h2', { id }, folds ? this.fold : this.name);
    if (folds) this.fold.append(this.name);
    this.header = h('header', {}, h('div', {}, heading, this.chips, this.summary));
    this.element = h('section', { ...named, 'aria-labelledby': id }, this.header, this.body);
    this.renderHeader();
    this.render();
  }

  /** Changes its elements instead of making others: focus stays, and finds its way back. */
  renderHeader() {
    const { adder, header } = this;
    const { canWrite, displayName, resources } = this.application;
    const chips = resources.map((each) => h('li', {}, `${each.name} · ${each.environment}`));
    this.name.textContent = displayName;
    this.chips.replaceChildren(...chips);
    this.chips.hidden = !chips.length;
    adder.ariaLabel = adder.title = t.create.openFor(displayName);
    if (!canWrite) adder.remove();
    else if (!header.contains(adder)) header.append(adder);
  }

  render() {
    const { application, context, folds, open } = this;
    this.body.hidden = !open;
    this.fold.ariaExpanded = `${open}`;
    this.summary.replaceChildren(...(folds ? summarised(application.secrets) : []));
    this.body.replaceChildren(...(open ? contents(context, application) : []));
  }

  toggle() {
    this.open = !this.open;
    this.render();
  }

  /** @param {Draft} [draft] */
  create(draft) {
    void new Creation(this.context, this.application, draft);
  }

  /** @param {Application} newer */
  update(newer) {
    const before = inBody(this.application);
    this.application = newer;
    this.renderHeader();
    // What is unchanged stays: focus may be on it, or be about to return there.
    if (inBody(newer) !== before) this.render();
  }

  arrive() {
    this.element.hidden = false;
    if (!this.open) this.toggle();
    this.element.scrollIntoView();
    if (!inDialog()) this.element.focus({ preventScroll: true });
  }
}

/** @param {Application} application what of it is told below the header */
const inBody = ({ displayName, canWrite, secrets }) =>
  JSON.stringify([displayName, canWrite, secrets]);

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
  const name = nameOf(secret);
  const { table } = t;
  const remove = () => void new Removal(context, application, secret);
  return h(
    'tr',
    { role: 'row' },
    h('th', { scope: 'row', role: 'rowheader', 'data-label': table.name }, h('span', {}, name)),
    cell(table.hint, hint ? h('code', {}, `${hint}…`) : quiet(t.unknown)),
    cell(table.created, `${shortDay(startDateTime)} `, maker(createdBy)),
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

/** @param {string | null} createdBy empty: made here, by somebody whose name was removed since */
function maker(createdBy) {
  if (createdBy === null) return quiet(t.elsewhere);
  return createdBy && quiet(t.by(createdBy));
}

/** @param {string} label @param {Child[]} children */
const cell = (label, ...children) =>
  h('td', { role: 'cell', 'data-label': label }, h('span', {}, ...children));
