import { attention } from './attention.js';
import { Card } from './card.js';
import { button, h, notice, p } from './dom.js';
import { t } from './text.js';

/** With more applications than this, each is folded, and there is a search. */
const MANY = 6;

/**
 * Shows the applications.
 *
 * @param {HTMLElement} main
 * @param {Context} context
 */
export function showList(main, context) {
  const { applications } = context.listing;
  const many = applications.length > MANY;
  const cards = new Map(applications.map((each) => [each.clientId, new Card(context, each, many)]));
  const bar = h('div', { className: 'message' }, attention(applications));
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
      if (newer.length !== cards.size || !newer.every((each) => cards.has(each.clientId)))
        return false;
      for (const each of newer) cards.get(each.clientId)?.update(each);
      bar.replaceChildren(attention(newer));
      return true;
    },
    /** Says that there is no newer reading to show. */
    outdated: () => {
      const again = button(t.retry, context.refresh);
      const told = notice('warning', 'status', p(t.outdated), p(again));
      bar.replaceChildren(told, attention(context.listing.applications));
    },
  };
}

/** @param {Application} application */
const words = ({ displayName, clientId, resources, secrets }) =>
  [
    displayName,
    clientId,
    ...resources.flatMap(Object.values),
    ...secrets.flatMap((each) => [each.displayName, each.hint]),
  ]
    .join('\n')
    .toLowerCase();

/** @param {Context} context @param {Map<string, Card>} cards */
function search(context, cards) {
  const status = h('p', { role: 'status', className: 'quiet' });
  const oninput = () => {
    const wanted = input.value.trim().toLowerCase();
    const { applications } = context.listing;
    const hits = new Set(
      applications.filter((each) => words(each).includes(wanted)).map((each) => each.clientId),
    );
    for (const [id, { element }] of cards) element.hidden = !hits.has(id);
    status.textContent = !hits.size
      ? t.nothingFound
      : wanted && t.found(hits.size, applications.length);
  };
  const input = h('input', { type: 'search', id: 'search', autocomplete: 'off', oninput });
  return h('search', {}, h('label', { htmlFor: 'search' }, t.search), input, status);
}
