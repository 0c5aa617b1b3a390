import { button, buttons, h, link, newId, notice, p, quiet } from './dom.js';
import { copy, copyable } from './copy.js';
import { openDialog } from './dialog.js';
import { t } from './text.js';

/**
 * Holds a secret's value: in this closure and one text node, and nowhere else.
 *
 * @param {CreatedSecret} created loses it
 */
function hold(created) {
  let value = created.secretText;
  created.secretText = '';
  const text = document.createTextNode(value);
  return {
    text,
    /** @param {Node} shown @param {HTMLElement} status */
    copy: (shown, status) => copy(value, shown, status, t.reveal.copied),
    wipe: () => {
      value = '';
      text.data = '';
      getSelection()?.removeAllRanges();
    },
  };
}

/** @param {Event} event */
const warn = (event) => event.preventDefault();

/** Shows a secret's value, the once. */
export class Reveal {
  taken = false;
  status = h('p', { role: 'status' });
  copier = button(t.reveal.copy, () => this.copy(), 'primary large', 'copy');
  back = button(t.reveal.back, () => this.goBack());
  leave = button(t.reveal.leave, () => this.finish(), 'danger');
  ask = notice('warning', 'alert', p(t.reveal.uncopied), buttons(this.leave, this.back));

  /** @param {Context} context @param {Application} application @param {CreatedSecret} created */
  constructor(context, application, created) {
    const { config } = context;
    const { clientId, displayName } = application;
    this.context = context;
    this.first = !application.secrets.length;
    this.held = hold(created);
    this.ask.hidden = true;
    const named = { role: 'textbox', ariaReadOnly: 'true', tabIndex: 0, ariaLabel: t.reveal.value };
    const oncopy = () => this.take();
    this.shown = h('code', { className: 'value', oncopy, ...named }, this.held.text);
    addEventListener('pagehide', this.held.wipe);
    addEventListener('beforeunload', warn);
    this.close = openDialog(
      t.reveal.title,
      null,
      notice('warning', undefined, t.reveal.warning(config.providerName)),
      labelled(t.clientId, copyable(clientId, '', t.copyId(displayName))),
      labelled(t.reveal.value, this.shown),
      h('div', { className: 'copying' }, this.copier, this.status),
      p(quiet(t.reveal.next)),
      tokenRequest(config, application),
      this.ask,
      buttons(button(t.reveal.done, () => this.done())),
    );
    this.copier.focus();
  }

  async copy() {
    if (await this.held.copy(this.shown, this.status)) this.take();
  }

  take() {
    this.taken = true;
    this.ask.hidden = true;
  }

  goBack() {
    this.ask.hidden = true;
    this.copier.focus();
  }

  done() {
    if (this.taken) return this.finish();
    this.ask.hidden = false;
    this.back.focus();
  }

  /** Wipes first, and here: a dialog's own `close` event comes later. */
  finish() {
    this.held.wipe();
    removeEventListener('pagehide', this.held.wipe);
    removeEventListener('beforeunload', warn);
    this.close();
    const { closed, first, lost } = t.reveal;
    this.context.tell(!this.taken ? lost : this.first ? first : closed);
    void this.context.refresh();
  }
}

/** @param {string} name @param {Node} content */
const labelled = (name, content) => h('div', { className: 'field' }, h('b', {}, name), content);

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
