import { h, newId } from './dom.js';

/**
 * A labelled input, with a hint and a place for what is wrong with it.
 *
 * @param {string} label
 * @param {Given} given
 * @param {string} [hint]
 */
export function field(label, given, hint) {
  const [id, told, fault] = [newId(), newId(), newId()];
  const error = h('p', { id: fault, className: 'fault', role: 'alert' });
  const input = h('input', {
    id,
    autocomplete: 'off',
    'aria-describedby': `${told} ${fault}`,
    ...given,
  });
  const advice = hint && h('p', { id: told, className: 'quiet' }, hint);
  const element = h(
    'div',
    { className: 'field' },
    h('label', { htmlFor: id }, label),
    advice,
    input,
    error,
  );
  /** @param {string} why it is refused; empty: it is not */
  const refuse = (why) => {
    error.textContent = why;
    input.ariaInvalid = `${!!why}`;
    return why ? input : null;
  };
  return { element, input, refuse };
}
