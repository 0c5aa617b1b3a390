// Making elements, and the small ones that every part of the page uses.

/**
 * Makes an element. A property that the element has is set, `on…` is listened to, anything else
 * becomes an attribute; what is undefined is left out.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Given} given
 * @param {Child[]} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, given, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (name in made) /** @type {any} */ (made)[name] = value;
    else made.setAttribute(name, `${value}`);
  }
  made.append(.../** @type {(Node | string)[]} */ (children.filter(Boolean)));
  return made;
}

/** @param {Child[]} children */
export const p = (...children) => h('p', {}, ...children);

/** @param {Child[]} children */
export const quiet = (...children) => h('span', { className: 'quiet' }, ...children);

/** @param {Child[]} children */
export const buttons = (...children) => h('div', { className: 'buttons' }, ...children);

const SVG = 'http://www.w3.org/2000/svg';

/** @param {string} name an id in the document's sprite, without `i-` */
export function icon(name) {
  const drawing = document.createElementNS(SVG, 'svg');
  const use = document.createElementNS(SVG, 'use');
  drawing.setAttribute('class', 'icon');
  drawing.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `#i-${name}`);
  drawing.append(use);
  return drawing;
}

/**
 * @param {string} text
 * @param {() => unknown} onclick
 * @param {string} [className]
 * @param {string} [drawn] an icon
 * @param {string} [label] what it is called, where its text does not say
 */
export function button(text, onclick, className, drawn, label) {
  const named = { 'aria-label': label, title: label };
  const given = { type: 'button', onclick: () => onclick(), className, ...named };
  return h('button', given, drawn && icon(drawn), text);
}

/** @param {string} href @param {string} text */
export const link = (href, text) =>
  h('a', { href, target: '_blank', rel: 'noreferrer' }, text, icon('out'));

/**
 * Puts a link or an address into a sentence, where it says `{}`.
 *
 * @param {string} sentence
 * @param {Node} part
 */
export function fill(sentence, part) {
  const [before = '', after = ''] = sentence.split('{}');
  return h('span', {}, before, part, after);
}

/** @param {string} sentence @param {Config} config */
export const withSupport = (sentence, { supportEmail }) =>
  fill(sentence, h('a', { href: `mailto:${supportEmail}` }, supportEmail));

/**
 * @param {'error' | 'warning' | 'info'} kind
 * @param {string | undefined} role `alert` or `status` for what comes up later, to be read out
 * @param {Child[]} children
 */
export const notice = (kind, role, ...children) =>
  h('div', { className: `notice ${kind}`, role }, icon(kind), h('div', {}, ...children));

/** @param {Child[]} children */
export const alarm = (...children) => notice('error', 'alert', ...children);

let named = 0;

/** @returns {string} an id that no element has */
export const newId = () => `n${++named}`;
