import { h, newId } from './dom.js';

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
  const dialog = h(
    'dialog',
    { 'aria-labelledby': id, closedby: 'none' },
    h('h2', { id }, title),
    ...children,
  );
  dialog.oncancel = (event) => event.preventDefault();
  // Where `closedby` is not known, a second Esc closes it all the same.
  dialog.onclose = () => dialog.isConnected && dialog.showModal();
  // A handler that returned false would take the key from what it is meant for.
  dialog.onkeydown = (event) => {
    if (event.key === 'Escape') onescape?.();
  };
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
