import { card } from './card.js';
import { append, button, h, icon } from './dom.js';
import { daysBetween, isExpired, today, urgency, validSecrets } from './schedule.js';
import { t } from './text.js';

/** With more applications than this, each is folded, and there is a search. */
const MANY = 6;
const NAMED = 5;

/** @typedef {{ application: Application, secret: Secret | null }} Worry */

/** @param {Application[]} applications @returns {{ expiring: Worry[], dead: Worry[] }} */
function worries(applications) {
  const expiring = applications.flatMap((application) =>
    application.secrets
      .filter((secret) => !isExpired(secret) && urgency(secret) !== 'active')
      .map((secret) => ({ application, secret })),
  );
  const dead = applications
    .filter(({ secrets }) => secrets.length && secrets.every(isExpired))
    .map((application) => ({ application, secret: null }));
  return { expiring: expiring.sort((a, b) => (a.secret.endDateTime < b.secret.endDateTime ? -1 : 1)), dead };
}

/** @param {Worry} worry */
function worryLine({ application, secret }) {
  const when = secret && t.days(daysBetween(today(), secret.expiresOn));
  const told = secret && t.attention.item(secret.displayName ?? t.table.unnamed, when ?? '');
  return h('li', {}, h('a', { href: `#${application.clientId}` }, application.displayName), told && `: ${told}`);
}

/**
 * @param {Application[]} applications
 * @param {(only: Set<string> | null) => void} narrow shows these applications alone, or all again
 */
function attentionBar(applications, narrow) {
  const { expiring, dead } = worries(applications);
  const all = [...dead, ...expiring];
  if (!all.length) return null;
  const ids = new Set(all.map((each) => each.application.clientId));
  const lines = [dead.length && t.attention.dead(dead.length), expiring.length && t.attention.expiring(expiring.length)];
  const severe = dead.length || expiring.some(({ secret }) => secret && urgency(secret) === 'urgent');
  let narrowed = false;
  const toggle = button(t.attention.more(ids.size), () => {
    narrowed = !narrowed;
    toggle.textContent = narrowed ? t.attention.all : t.attention.more(ids.size);
    narrow(narrowed ? ids : null);
  });
  return h(
    'div',
    { className: `notice ${severe ? 'error' : 'warning'}` },
    icon(severe ? 'error' : 'warning'),
    h(
      'div',
      {},
      h('p', {}, h('strong', {}, lines.filter(Boolean).join(' '))),
      all.length <= NAMED ? h('ul', {}, ...all.map(worryLine)) : toggle,
    ),
  );
}

/** @param {Application} application */
const searched = ({ displayName, clientId, resources, secrets }) =>
  [displayName, clientId, ...resources.flatMap((each) => [each.name, each.environment])]
    .concat(secrets.flatMap((each) => [each.displayName ?? '', each.hint ?? '']))
    .join('\n')
    .toLowerCase();

/**
 * Shows the applications; returns how to show a newer reading of them and how to find one.
 *
 * @param {HTMLElement} main
 * @param {Context} context
 */
export function showList(main, context) {
  const { applications } = context.listing;
  const many = applications.length > MANY;
  const cards = new Map(applications.map((each) => [each.clientId, card(context, each, many)]));
  const shown = h('div', { className: 'cards' }, ...[...cards.values()].map((each) => each.element));
  const filter = filtering(context, cards);
  const attention = h('div', {});
  const tell = () => {
    const bar = attentionBar(context.listing.applications, filter.narrow);
    attention.replaceChildren(...(bar ? [bar] : []));
  };
  tell();
  const whole = document.createDocumentFragment();
  append(whole, [h('h1', {}, t.title), h('p', { className: 'intro' }, t.intro), attention]);
  append(whole, [many && filter.element, shown]);
  main.replaceChildren(whole);
  return { update: () => update(context, cards) && (tell(), true), find: cards.get.bind(cards) };
}

/** @param {Context} context @param {Map<string, ReturnType<typeof card>>} cards */
function update({ listing }, cards) {
  const ids = [...cards.keys()];
  const same = listing.applications.every((each, i) => each.clientId === ids[i]);
  if (!same || listing.applications.length !== ids.length) return false;
  for (const application of listing.applications) cards.get(application.clientId)?.update(application);
  return true;
}

/** @param {Context} context @param {Map<string, ReturnType<typeof card>>} cards */
function filtering(context, cards) {
  /** @type {Set<string> | null} */
  let only = null;
  const input = h('input', { type: 'search', id: 'search', autocomplete: 'off', oninput: () => apply() });
  const status = h('p', { role: 'status', className: 'quiet' });
  const apply = () => {
    const wanted = input.value.trim().toLowerCase();
    let found = 0;
    for (const application of context.listing.applications) {
      const { clientId } = application;
      const hit = (!only || only.has(clientId)) && (!wanted || searched(application).includes(wanted));
      const element = cards.get(clientId)?.element;
      if (element) element.hidden = !hit;
      found += hit ? 1 : 0;
    }
    const all = context.listing.applications.length;
    status.textContent = found ? (wanted || only ? t.found(found, all) : '') : t.nothingFound;
  };
  const label = h('label', { htmlFor: 'search' }, t.search);
  const element = h('div', { className: 'search', role: 'search' }, label, input, status);
  return {
    element,
    /** @param {Set<string> | null} ids */
    narrow: (ids) => {
      only = ids;
      apply();
    },
  };
}

/** @param {Application} application */
export const isDead = (application) => application.secrets.length > 0 && !validSecrets(application).length;
