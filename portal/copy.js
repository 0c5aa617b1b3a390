import { button, h } from './dom.js';
import { t } from './text.js';

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
  const copier = button(
    label,
    () => copy(text, shown, status),
    label ? '' : 'subtle',
    'copy',
    name,
  );
  return h('span', { className: 'copyable' }, shown, copier, status);
}
