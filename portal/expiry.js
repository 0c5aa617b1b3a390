import { h, newId } from './dom.js';
import { addMonths, reminders, today } from './schedule.js';
import { bareDay, longDay, shortDay, t } from './text.js';

const MONTHS = [3, 6, 12];
const OTHER = 'other';

/** @param {Limits} limits @param {number} months */
function dayAfter({ defaultExpiresOn, maxExpiresOn }, months) {
  const day = addMonths(today(), months);
  return months === 12 ? defaultExpiresOn : day > maxExpiresOn ? maxExpiresOn : day;
}

/** @param {string} day */
function preview(day) {
  const until = t.create.through(longDay(day));
  const { days, dailyFrom } = reminders(today(), day);
  return t.create.preview(until, days.map(bareDay), shortDay(dailyFrom));
}

/**
 * How long a new secret is to live: some months, or a day within the server's limits.
 *
 * @param {Limits} limits
 * @param {Draft | undefined} draft
 * @param {() => void} changed
 */
export function expiryField(limits, draft, changed) {
  const { minExpiresOn: min, maxExpiresOn: max } = limits;
  let choice = draft?.choice || '12';
  const [id, hint, fault, group] = [newId(), newId(), newId(), newId()];
  const told = h('p', { className: 'preview', role: 'status' });
  const error = h('p', { className: 'fault', id: fault, role: 'alert' });
  const date = h('input', { type: 'date', id, min, max, value: draft?.day || max, 'aria-describedby': `${hint} ${fault}` });
  const range = /** @type {const} */ ([shortDay(min), shortDay(max)]);
  const advice = h('p', { className: 'quiet', id: hint }, t.create.dateHint(...range));
  const custom = h('div', { className: 'field' }, h('label', { htmlFor: id }, t.create.date), advice, date, error);

  const value = () => (choice === OTHER ? date.value : dayAfter(limits, Number(choice)));
  const isAllowed = () => value() >= min && value() <= max;
  const show = () => {
    custom.hidden = choice !== OTHER;
    told.textContent = isAllowed() ? preview(value()) : '';
  };
  const refuse = (/** @type {string} */ why = t.create.badDate(...range)) => {
    error.textContent = why;
    date.setAttribute('aria-invalid', String(Boolean(why)));
    if (why && choice !== OTHER) pick(OTHER);
    return why ? date : null;
  };
  const update = () => {
    refuse('');
    show();
    changed();
  };
  const pick = (/** @type {string} */ chosen) => {
    if (chosen === OTHER && choice !== OTHER) date.value = value();
    choice = chosen;
    const radio = element.querySelector(`input[value="${chosen}"]`);
    if (radio instanceof HTMLInputElement) radio.checked = true;
    show();
  };
  date.addEventListener('input', update);
  const options = [...MONTHS.map(String), OTHER].map((each) => {
    const label = each === OTHER ? t.create.other : t.create.months(Number(each));
    const extra = each === OTHER ? null : shortDay(dayAfter(limits, Number(each)));
    const onchange = () => {
      pick(each);
      update();
    };
    const radio = { type: 'radio', name: group, value: each, defaultChecked: each === choice, onchange };
    const best = each === '12' ? h('span', { className: 'tag' }, t.create.longest) : null;
    return h('label', { className: 'option' }, h('input', radio), label, extra && h('span', { className: 'quiet' }, extra), best);
  });
  const element = h('fieldset', {}, h('legend', {}, t.create.expiry), ...options, custom, told);
  show();
  return {
    element,
    value,
    refuse,
    check: () => refuse(isAllowed() ? '' : t.create.badDate(...range)),
    kept: () => ({ choice, day: date.value }),
  };
}
