// What is done with one secret: its value shown, once, and the secret deleted.

import { deletion } from './api.js';
import { alarm, button, buttons, copy, copyable, explained, field, h, link, newId, notice, openDialog, p, quiet, t } from './kit.js';
import { isExpired, validSecrets } from './time.js';

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
  const named = { role: 'textbox', ariaReadOnly: 'true', tabIndex: 0, 'aria-label': t.reveal.value };
  const shown = h('code', { className: 'value', oncopy: take, ...named }, text);
  const status = h('p', { role: 'status' });
  const copyValue = async () => (await copy(value, shown, status, t.reveal.copied)) && take();
  const copier = button(t.reveal.copy, copyValue, 'primary large', 'copy');
  const back = button(t.reveal.back, () => {
    ask.hidden = true;
    copier.focus();
  });
  const ask = notice('warning', 'alert', p(t.reveal.uncopied), buttons(button(t.reveal.leave, finish, 'danger'), back));
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
    h('div', { className: 'field' }, h('b', {}, t.clientId), copyable(clientId, '', t.copyId(displayName))),
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
  const options = resources.map((each) => h('option', { value: each.resourceAppId }, `${each.name} · ${each.environment}`));
  const onchange = () => place.replaceChildren(copyable(command(choice.value), t.reveal.copyRequest));
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
  return h('details', { className: 'request' }, h('summary', {}, t.reveal.request), picked, place, guide);
}

/** Asks before a secret is deleted; says what follows by the newest reading of the list. */
export class Removal {
  busy = false;
  /** @type {ReturnType<typeof field> | null} where the name is typed, of the last valid secret */
  guard = null;
  consequence = h('div', { className: 'message' });
  message = h('div', { className: 'message' });
  keep = button(t.remove.keep, () => this.leave());
  submit = button(t.remove.submit, () => this.remove(), 'danger primary');

  /** @param {Context} context @param {Application} application @param {Secret} secret */
  constructor(context, application, secret) {
    this.context = context;
    this.application = application;
    this.secret = secret;
    this.name = secret.displayName ?? t.unnamed;
    /** A secret without a name goes by its application's. */
    this.wanted = secret.displayName ?? application.displayName;
    const starts = secret.hint && ` (${t.remove.starts(secret.hint)})`;
    const which = p(h('b', {}, this.name), starts, ` · ${application.displayName}`);
    const row = buttons(this.keep, this.submit);
    this.close = openDialog(t.remove.submit, () => this.leave(), which, this.consequence, this.message, row);
    this.show(application);
    this.keep.focus();
    void this.look();
  }

  leave() {
    if (!this.busy) this.close();
  }

  /** @param {Application} application */
  show(application) {
    const expired = isExpired(this.secret);
    const others = validSecrets(application, this.secret.keyId);
    const last = !expired && !others.length;
    if (last && this.guard) return;
    this.guard = last ? field(t.remove.confirm(this.wanted), {}) : null;
    const safe = t.remove.others(others.map((each) => t.remove.other(each.displayName ?? t.unnamed, each.hint)));
    const shown = this.guard ? [notice('error', undefined, t.remove.last), this.guard.element] : [p(expired ? t.remove.harmless : safe)];
    this.consequence.replaceChildren(...shown);
  }

  /** Reads the list again: somebody else may have changed what is at stake. */
  async look() {
    const { context, keep, secret, application } = this;
    if (!(await context.refresh()) || this.busy) return;
    const found = context.listing.applications.find((each) => each.clientId === application.clientId);
    if (found?.secrets.some((each) => each.keyId === secret.keyId)) return this.show(found);
    this.consequence.replaceChildren(notice('info', 'status', t.remove.gone));
    this.message.replaceChildren();
    this.submit.remove();
    keep.textContent = t.close;
    keep.focus();
  }

  rest(busy = false) {
    this.busy = busy;
    this.submit.textContent = busy ? t.remove.busy : t.remove.submit;
    this.submit.ariaDisabled = this.keep.ariaDisabled = `${busy}`;
  }

  async remove() {
    const { context, application, guard, wanted } = this;
    const typed = guard?.input.value.trim().normalize('NFC');
    const wrong = guard?.refuse(typed === wanted.normalize('NFC') ? '' : t.remove.mismatch);
    if (wrong) return wrong.focus();
    if (this.busy) return;
    this.rest(true);
    this.message.replaceChildren();
    const answer = await context.ask(deletion(application, this.secret.keyId, guard !== null));
    if (!answer.ok) return this.refused(answer.problem);
    await context.refresh();
    this.close();
    context.tell(t.remove.done(this.name));
  }

  /** @param {Problem} problem */
  refused(problem) {
    const { code, status } = problem;
    const { context } = this;
    this.rest();
    const again = code === 'invalid_token' && button(t.signIn, () => context.signIn());
    const unknown = (!status || code === 'outcome_unknown') && p(t.remove.unknown);
    this.message.replaceChildren(alarm(explained(problem, context.config), unknown, again));
    if (code === 'last_valid_secret' || code === 'not_found') void this.look();
  }
}
