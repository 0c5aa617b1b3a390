import { addMonths, reminders, today } from './time.js';
import { bareDay, longDay, shortDay, t } from './text.js';
import { field } from './field.js';
import { h, newId, quiet } from './dom.js';

/**
 * How long a new secret is to live: some months, or until a day within the server's limits.
 *
 * @param {Limits} limits
 * @param {Draft | undefined} draft
 * @param {() => void} changed
 */
export function expiryFields(
  { minExpiresOn: min, maxExpiresOn: max, defaultExpiresOn },
  draft,
  changed,
) {
  const earlier = (/** @type {number} */ months) =>
    [addMonths(today(), months), max].sort()[0] ?? max;
  /** @type {Record<string, string>} */
  const days = { 3: earlier(3), 6: earlier(6), 12: defaultExpiresOn };
  let choice = draft?.choice ?? '12';
  // A request that is asked about again is the same to the day, whatever day it is by now.
  if (draft?.sent && choice in days) days[choice] = draft.day;
  const range = /** @type {const} */ ([shortDay(min), shortDay(max)]);
  const value = () => days[choice] ?? date.input.value;
  const isAllowed = () => value() >= min && value() <= max;
  const show = () => {
    date.refuse('');
    date.element.hidden = choice in days;
    preview.textContent = isAllowed() ? foretold(value()) : '';
  };
  const oninput = () => {
    show();
    changed();
  };
  const given = { type: 'date', min, max, value: draft?.day ?? max, oninput };
  const date = field(t.create.date, given, t.create.range(...range));
  const preview = h('p', { className: 'preview', role: 'status' });
  const pick = (/** @type {string} */ each) => {
    if (!(each in days)) date.input.value = value();
    choice = each;
    oninput();
  };
  const options = [...Object.keys(days), ''].map((each) =>
    option(each, days[each], each === choice, pick),
  );
  /** Refuses the day that is chosen, beside the field where another can be. */
  const refuse = (why = t.create.badDate(...range)) => {
    if (choice in days) options.at(-1)?.click();
    date.refuse(why);
    return date.input;
  };
  const legend = h('legend', {}, t.create.expiry);
  const element = h('fieldset', {}, legend, ...options, date.element, preview);
  show();
  const check = () => (isAllowed() ? null : refuse());
  return { element, value, refuse, check, kept: () => ({ choice, day: value() }) };
}

const group = newId();

/**
 * @param {string} months none: another day
 * @param {string | undefined} day
 * @param {boolean} defaultChecked
 * @param {(months: string) => void} pick
 */
function option(months, day, defaultChecked, pick) {
  const input = h('input', {
    type: 'radio',
    name: group,
    defaultChecked,
    onchange: () => pick(months),
  });
  const told = day ? [t.create.months(months), quiet(shortDay(day))] : [t.create.other];
  const best = months === '12' && h('span', { className: 'tag' }, t.create.longest);
  return h('label', { className: 'option' }, input, ...told, best);
}

/** @param {string} day */
function foretold(day) {
  const { weeks, dailyFrom } = reminders(today(), day);
  return t.create.preview(longDay(day), weeks.map(bareDay), shortDay(dailyFrom));
}
