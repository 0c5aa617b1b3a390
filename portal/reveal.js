import { copy, copyable, select } from './copy.js';
import { button, h, link, newId, notice, openDialog } from './dom.js';
import { t } from './text.js';

let open = false;

export const isRevealed = () => open;

/**
 * Shows a secret's value, the once. It is held by this closure and one text node, and wiped in the
 * handler that closes: a dialog's own `close` event comes later.
 *
 * @param {Context} context
 * @param {Application} application
 * @param {CreatedSecret} created
 */
export function openReveal(context, application, created) {
  let value = created.secretText;
  created.secretText = '';
  open = true;
  const text = document.createTextNode(value);
  const shown = h('code', { className: 'value', tabIndex: 0, 'aria-label': t.reveal.value, oncopy: () => taken() }, text);
  const status = h('p', { role: 'status' });
  let copied = false;

  const taken = () => {
    copied = true;
    ask.hidden = true;
  };
  const wipe = () => {
    value = '';
    text.data = '';
    getSelection()?.removeAllRanges();
  };
  const warn = (/** @type {Event} */ event) => event.preventDefault();
  const close = () => {
    wipe();
    open = false;
    removeEventListener('pagehide', wipe);
    removeEventListener('beforeunload', warn);
    opened.close();
    context.tell(t.reveal.closed);
    void context.refresh();
  };
  const copyValue = async () => {
    const done = await copy(value, shown);
    if (done) taken();
    status.className = done ? 'good' : 'bad';
    status.textContent = done ? t.reveal.copied : t.card.notCopied;
  };
  const done = () => {
    if (copied) return close();
    ask.hidden = false;
    back.focus();
  };
  const back = button(t.reveal.back, () => {
    ask.hidden = true;
    select(shown);
    copyButton.focus();
  });
  const leave = button(t.reveal.leave, close, { className: 'danger' });
  const ask = notice('warning', h('p', {}, t.reveal.uncopied), h('div', { className: 'buttons' }, leave, back));
  ask.hidden = true;
  const copyButton = button(t.reveal.copy, copyValue, { className: 'primary large' }, 'copy');
  addEventListener('pagehide', wipe);
  addEventListener('beforeunload', warn);
  const opened = openDialog(
    t.reveal.title,
    notice('warning', t.reveal.warning(context.config.providerName)),
    labelled(t.card.clientId, copyable(application.clientId, '', t.card.copyId(application.displayName))),
    labelled(t.reveal.value, shown),
    h('div', { className: 'copying' }, copyButton, status),
    h('p', { className: 'quiet' }, t.reveal.next),
    request(context.config, application),
    ask,
    h('div', { className: 'buttons' }, button(t.reveal.done, done)),
  );
  copyButton.focus();
}

/** @param {string} name @param {Node} content */
const labelled = (name, content) => h('div', { className: 'field' }, h('span', { className: 'label' }, name), content);

/** @param {Config} config @param {Application} application */
function request({ tokenEndpoint, guides }, { clientId, resources }) {
  if (!resources[0]) return null;
  const command = (/** @type {string} */ resource) =>
    [
      t.reveal.paste,
      'read -rs CLIENT_SECRET',
      `printf %s "$CLIENT_SECRET" | curl ${tokenEndpoint} \\`,
      '  -d grant_type=client_credentials \\',
      `  -d client_id=${clientId} \\`,
      `  -d scope=${resource}/.default \\`,
      '  --data-urlencode client_secret@-',
    ].join('\n');
  const id = newId();
  const place = h('div', {});
  const show = () => place.replaceChildren(copyable(command(choice.value), t.reveal.copyRequest));
  const options = resources.map((each) => h('option', { value: each.resourceAppId }, `${each.name} · ${each.environment}`));
  const choice = h('select', { id, onchange: show }, ...options);
  show();
  return h(
    'details',
    { className: 'request' },
    h('summary', {}, t.reveal.request),
    resources.length > 1 && h('div', { className: 'field' }, h('label', { htmlFor: id }, t.reveal.resource), choice),
    place,
    h('p', {}, link(guides.apiAuthentication, t.guide.api)),
  );
}
