/**
 * Makes an element. A property that the element has is set, `on…` is listened to, anything else
 * becomes an attribute; undefined and false leave it out.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, any>} [given]
 * @param {Child[]} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (name in made) /** @type {any} */ (made)[name] = value;
    else made.setAttribute(name, value === true ? '' : value);
  }
  append(made, children);
  return made;
}

/**
 * @param {Node & ParentNode} parent
 * @param {Child[]} children
 */
export function append(parent, children) {
  for (const child of children) if (child) parent.append(child);
}

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
 * @param {() => void} onclick
 * @param {Record<string, any>} [more]
 * @param {string} [drawn] an icon
 */
export function button(text, onclick, more = {}, drawn) {
  return h('button', { type: 'button', onclick, ...more }, drawn && icon(drawn), text);
}

/**
 * @param {string} href
 * @param {string} text
 */
export function link(href, text) {
  return h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, text, icon('out'));
}

/** @param {string} address */
export const mailto = (address) => h('a', { href: `mailto:${address}` }, address);

/**
 * Puts elements into a sentence, at its `{name}`s.
 *
 * @param {string} sentence
 * @param {Record<string, Child>} parts
 */
export function fill(sentence, parts) {
  const whole = document.createDocumentFragment();
  append(whole, sentence.split(/\{(\w+)\}/).map((part, i) => (i % 2 ? parts[part] : part)));
  return whole;
}

/**
 * Shows a message that is read out at once.
 *
 * @param {'error' | 'warning' | 'info'} kind
 * @param {Child[]} children
 */
export function notice(kind, ...children) {
  const role = kind === 'info' ? 'status' : 'alert';
  const drawn = icon(kind === 'info' ? 'info' : kind);
  return h('div', { className: `notice ${kind}`, role }, drawn, h('div', {}, ...children));
}

let named = 0;

/** @returns {string} an id that no element has */
export const newId = () => `n${++named}`;

/**
 * Opens a modal dialog that only its own buttons close; focus returns to the opener, or to the
 * page where that is gone.
 *
 * @param {string} title
 * @param {Child[]} children
 * @returns {{ dialog: HTMLDialogElement, body: HTMLElement, close(): void }}
 */
export function openDialog(title, ...children) {
  const opener = document.activeElement;
  const id = newId();
  const body = h('div', { className: 'content' }, ...children);
  const dialog = h('dialog', { 'aria-labelledby': id, closedby: 'none' }, h('h2', { id }, title), body);
  dialog.addEventListener('cancel', (event) => event.preventDefault());
  document.body.append(dialog);
  dialog.showModal();
  return { dialog, body, close: () => closeDialog(dialog, opener) };
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {Element | null} opener
 */
function closeDialog(dialog, opener) {
  dialog.close();
  dialog.remove();
  const there = opener instanceof HTMLElement && opener.isConnected && opener !== document.body;
  (there ? opener : document.querySelector('main'))?.focus();
}
