// Making elements, and what several parts of the page show alike.

import english from './text/en.js';

/** Each language by its code: a further one is one more file, and one more line here. */
const LANGUAGES = new Map([['en', async () => english]]);

const wanted = navigator.languages.map((each) => each.slice(0, 2));
const chosen = wanted.find((each) => LANGUAGES.has(each)) ?? 'en';

export const t = (await LANGUAGES.get(chosen)?.()) ?? english;
document.documentElement.lang = chosen;

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
  return h('button', { type: 'button', onclick, className, ...named }, drawn && icon(drawn), text);
}

/** @param {string} href @param {string} text */
export const link = (href, text) => h('a', { href, target: '_blank', rel: 'noreferrer' }, text, icon('out'));

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
  const input = h('input', { id, autocomplete: 'off', 'aria-describedby': `${told} ${fault}`, ...given });
  const advice = hint && h('p', { id: told, className: 'quiet' }, hint);
  const element = h('div', { className: 'field' }, h('label', { htmlFor: id }, label), advice, input, error);
  /** @param {string} why it is refused; empty: it is not */
  const refuse = (why) => {
    error.textContent = why;
    input.ariaInvalid = `${!!why}`;
    return why ? input : null;
  };
  return { element, input, refuse };
}

/**
 * Opens a modal dialog that only its own buttons close. Focus returns to the opener, or to the
 * page where that is gone.
 *
 * @param {string} title
 * @param {(() => void) | null} onescape what Esc does; null: nothing
 * @param {Child[]} children
 */
export function openDialog(title, onescape, ...children) {
  const opener = /** @type {HTMLElement | null} */ (document.activeElement);
  const id = newId();
  const dialog = h('dialog', { 'aria-labelledby': id, closedby: 'none' }, h('h2', { id }, title), ...children);
  dialog.oncancel = (event) => event.preventDefault();
  dialog.onkeydown = (event) => event.key === 'Escape' && onescape?.();
  document.body.append(dialog);
  dialog.showModal();
  return () => {
    dialog.close();
    dialog.remove();
    const there = opener?.isConnected && opener !== document.body;
    (there ? opener : document.querySelector('main'))?.focus();
    dispatchEvent(new Event('dialogclosed'));
  };
}

export const inDialog = () => document.querySelector('dialog') !== null;

/**
 * Copies, or selects what to copy by hand where the browser refuses; says which.
 *
 * @param {string} text
 * @param {Node} shown where the text stands
 * @param {HTMLElement} status
 * @param {string} [done] what is said when it is copied
 */
export async function copy(text, shown, status, done = t.copied) {
  try {
    await navigator.clipboard.writeText(text);
    status.textContent = done;
    return true;
  } catch {
    getSelection()?.selectAllChildren(shown);
    status.textContent = t.notCopied;
    return false;
  }
}

/**
 * A text with a button that copies it.
 *
 * @param {string} text
 * @param {string} label
 * @param {string} [name] of the button, where it is drawn only
 */
export function copyable(text, label, name) {
  const shown = h('code', {}, text);
  const status = h('span', { role: 'status', className: 'quiet' });
  const copier = button(label, () => copy(text, shown, status), label ? '' : 'subtle', 'copy', name);
  return h('span', { className: 'copyable' }, shown, copier, status);
}

/**
 * Says what went wrong, when to try again, and what support needs to know.
 *
 * @param {Problem} problem
 * @param {Config | null} config
 */
export function explained({ code, status, traceId, retryAfterSeconds: wait }, config) {
  /** @type {Record<string, string>} */
  const texts = t.problems;
  const helpless = status === 403 || status >= 500 || code === 'directory_refused';
  return h(
    'div',
    {},
    p(texts[code] ?? (status === 500 ? t.problems.internal_error : t.problems.unavailable), ' ', wait && t.wait(wait)),
    helpless && config && p(withSupport(t.support, config)),
    helpless && traceId && quiet(t.trace(traceId)),
  );
}
