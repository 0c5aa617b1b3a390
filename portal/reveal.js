import { button, buttons, h, link, newId, notice, p, quiet } from './dom.js';
import { copy, copyable } from './copy.js';
import { openDialog } from './dialog.js';
import { t } from './text.js';

/**
 * Shows a secret's value. It is held by this closure and one text node, and wiped in the handler
 * that closes: a dialog's own `close` event comes later.
 *
 * @param {Context} context
 * @param {Application} application
 * @param {CreatedSecret} created
 */
export function openReveal({ config, tell, refresh }, application, created) {
  let value = created.secretText;
  created.secretText = '';
  const text = document.createTextNode(value);
  const wipe = () => {
    value = '';
    text.data = '';
    getSelection()?.removeAllRanges();
  };
  const warn = (/** @type {Event} */ event) => event.preventDefault();
  const finish = () => {
    wipe();
    removeEventListener('pagehide', wipe);
    removeEventListener('beforeunload', warn);
    close();
    tell(t.reveal.closed);
    void refresh();
  };
  let taken = false;
  const take = () => {
    taken = true;
    ask.hidden = true;
  };
  const named = {
    role: 'textbox',
    ariaReadOnly: 'true',
    tabIndex: 0,
    'aria-label': t.reveal.value,
  };
  const shown = h('code', { className: 'value', oncopy: take, ...named }, text);
  const status = h('p', { role: 'status' });
  const copyValue = async () => (await copy(value, shown, status, t.reveal.copied)) && take();
  const copier = button(t.reveal.copy, copyValue, 'primary large', 'copy');
  const back = button(t.reveal.back, () => {
    ask.hidden = true;
    copier.focus();
  });
  const ask = notice(
    'warning',
    'alert',
    p(t.reveal.uncopied),
    buttons(button(t.reveal.leave, finish, 'danger'), back),
  );
  ask.hidden = true;
  const done = () => {
    if (taken) return finish();
    ask.hidden = false;
    back.focus();
  };
  addEventListener('pagehide', wipe);
  addEventListener('beforeunload', warn);
  const { clientId, displayName } = application;
  const close = openDialog(
    t.reveal.title,
    null,
    notice('warning', undefined, t.reveal.warning(config.providerName)),
    h(
      'div',
      { className: 'field' },
      h('b', {}, t.clientId),
      copyable(clientId, '', t.copyId(displayName)),
    ),
    h('div', { className: 'field' }, h('b', {}, t.reveal.value), shown),
    h('div', { className: 'copying' }, copier, status),
    p(quiet(t.reveal.next)),
    tokenRequest(config, application),
    ask,
    buttons(button(t.reveal.done, done)),
  );
  copier.focus();
}

/** @param {Config} config @param {Application} application */
function tokenRequest({ tokenEndpoint, guides }, { clientId, resources }) {
  const place = h('div', {});
  const id = newId();
  const options = resources.map((each) =>
    h('option', { value: each.resourceAppId }, `${each.name} · ${each.environment}`),
  );
  const onchange = () =>
    place.replaceChildren(copyable(command(choice.value), t.reveal.copyRequest));
  const choice = h('select', { id, onchange }, ...options);
  // By way of a pipe: an argument could be read in the list of processes.
  const command = (/** @type {string} */ resource) =>
    [
      t.reveal.paste,
      'read -rs CLIENT_SECRET',
      'printf %s "$CLIENT_SECRET" | curl \\',
      `  ${tokenEndpoint} \\`,
      '  -d grant_type=client_credentials \\',
      `  -d client_id=${clientId} \\`,
      `  -d scope=${resource}/.default \\`,
      '  --data-urlencode client_secret@-',
    ].join('\n');
  if (options.length) onchange();
  const label = h('label', { htmlFor: id }, t.reveal.resource);
  const picked = options.length > 1 && h('div', { className: 'field' }, label, choice);
  const guide = p(link(guides.apiAuthentication, t.apiGuide));
  return h(
    'details',
    { className: 'request' },
    h('summary', {}, t.reveal.request),
    picked,
    place,
    guide,
  );
}
