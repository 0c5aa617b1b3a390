import { button, h } from './dom.js';
import { t } from './text.js';

/** @param {Node} node */
export function select(node) {
  const selection = getSelection();
  selection?.removeAllRanges();
  const range = document.createRange();
  range.selectNodeContents(node);
  selection?.addRange(range);
}

/**
 * Copies, or selects what to copy by hand where the browser refuses.
 *
 * @param {string} text
 * @param {Node} shown where the text stands
 */
export async function copy(text, shown) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    select(shown);
    return false;
  }
}

/**
 * A text with a button that copies it, and a word on whether it did.
 *
 * @param {string} text
 * @param {string} label
 * @param {string} [name] of the button, where the label alone is not enough
 */
export function copyable(text, label, name) {
  const shown = h('code', {}, text);
  const status = h('span', { role: 'status', className: 'quiet' });
  const onclick = async () => {
    status.textContent = (await copy(text, shown)) ? t.card.copied : t.card.notCopied;
  };
  const subtle = { className: 'subtle', 'aria-label': name, title: name };
  return h('span', { className: 'copyable' }, shown, button(label, onclick, subtle, 'copy'), status);
}
