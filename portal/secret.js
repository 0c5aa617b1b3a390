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
export function openReveal(context, application, created) {
  const { clientId, displayName } = application;
  let value = created.secretText;
  created.secretText = '';
  let taken = false;
  const text = document.createTextNode(value);
  const take = () => {
    taken = true;
    ask.hidden = true;
  };
  const shown = h('code', { className: 'value', role: 'textbox', ariaReadOnly: 'true', tabIndex: 0, 'aria-label': t.reveal.value, oncopy: take }, text);
  const status = h('p', { role: 'status' });
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
    context.tell(t.reveal.closed);
    void context.refresh();
  };
  const done = () => {
    if (taken) return finish();
    ask.hidden = false;
    back.focus();
  };
  const copier = button(t.reveal.copy, async () => (await copy(value, shown, status, t.reveal.copied)) && take(), 'primary large', 'copy');
  const back = button(t.reveal.back, () => {
    ask.hidden = true;
    copier.focus();
  });
  const ask = notice('warning', 'alert', p(t.reveal.uncopied), buttons(button(t.reveal.leave, finish, 'danger'), back));
  ask.hidden = true;
  addEventListener('pagehide', wipe);
  addEventListener('beforeunload', warn);
  const close = openDialog(
    t.reveal.title,
    notice('warning', undefined, t.reveal.warning(context.config.providerName)),
    h('div', { className: 'field' }, h('b', {}, t.clientId), copyable(clientId, '', t.copyId(displayName))),
    h('div', { className: 'field' }, h('b', {}, t.reveal.value), shown),
    h('div', { className: 'copying' }, copier, status),
    p(quiet(t.reveal.next)),
    tokenRequest(context.config, application),
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
      `printf %s "$CLIENT_SECRET" | curl ${tokenEndpoint} \\`,
      `  -d grant_type=client_credentials -d client_id=${clientId} \\`,
      `  -d scope=${resource}/.default --data-urlencode client_secret@-`,
    ].join('\n');
  onchange();
  const picked = resources.length > 1 && h('div', { className: 'field' }, h('label', { htmlFor: id }, t.reveal.resource), choice);
  const shown = resources.length ? [picked, place] : [];
  return h('details', { className: 'request' }, h('summary', {}, t.reveal.request), ...shown, p(link(guides.apiAuthentication, t.apiGuide)));
}

/**
 * Asks before it deletes; says what follows by the newest reading of the list.
 *
 * @param {Context} context
 * @param {Application} application
 * @param {Secret} secret
 */
export function openRemove(context, application, secret) {
  const { keyId, hint } = secret;
  const name = secret.displayName ?? t.unnamed;
  let busy = false;
  /** @type {ReturnType<typeof field> | null} */
  let guard = null;
  /** What is to be typed; a secret without a name goes by its application's. */
  const wanted = secret.displayName ?? application.displayName;
  const consequence = h('div', { className: 'message' });
  const message = h('div', { className: 'message' });
  const keep = button(t.remove.keep, () => busy || close());
  const submit = button(t.remove.submit, () => void remove(), 'danger primary');
  const which = p(h('strong', {}, name), hint && ` (${t.remove.starts(hint)})`, ` · ${application.displayName}`);
  const close = openDialog(t.remove.submit, which, consequence, message, buttons(keep, submit));

  /** @param {Application} current */
  const show = (current) => {
    const others = validSecrets(current, keyId);
    const last = !isExpired(secret) && !others.length;
    if (last && guard) return;
    guard = last ? field(t.remove.confirm(wanted), {}) : null;
    const safe = t.remove.others(others.map((each) => t.remove.other(each.displayName ?? t.unnamed, each.hint)));
    if (guard) consequence.replaceChildren(notice('error', undefined, t.remove.last), guard.element);
    else consequence.replaceChildren(p(isExpired(secret) ? t.remove.harmless : safe));
  };

  /** Looks again: somebody else may have changed what is at stake. */
  const look = async () => {
    if (!(await context.refresh())) return;
    const found = context.listing.applications.find((each) => each.clientId === application.clientId);
    if (found?.secrets.some((each) => each.keyId === keyId)) return show(found);
    if (busy) return;
    consequence.replaceChildren(notice('info', 'status', t.remove.gone));
    message.replaceChildren();
    submit.remove();
    keep.textContent = t.close;
    keep.focus();
  };

  const setBusy = (/** @type {boolean} */ now) => {
    busy = now;
    submit.textContent = busy ? t.remove.busy : t.remove.submit;
    submit.ariaDisabled = keep.ariaDisabled = `${busy}`;
  };

  const remove = async () => {
    const typed = guard?.input.value.trim().normalize('NFC');
    if (guard && guard.refuse(typed === wanted.normalize('NFC') ? '' : t.remove.mismatch)) return guard.input.focus();
    if (busy) return;
    setBusy(true);
    message.replaceChildren();
    const answer = await context.ask(deletion(application, keyId, guard !== null));
    if (!answer.ok) {
      setBusy(false);
      return refused(answer.problem);
    }
    await context.refresh();
    close();
    context.tell(t.remove.done(name));
  };

  /** @param {Problem} problem */
  const refused = (problem) => {
    const { code, status } = problem;
    const again = code === 'invalid_token' && button(t.signIn, () => context.signIn());
    const unknown = (!status || code === 'outcome_unknown') && p(t.remove.unknown);
    message.replaceChildren(alarm(explained(problem, context.config), unknown, again));
    if (code === 'last_valid_secret' || code === 'not_found') void look();
  };

  show(application);
  keep.focus();
  void look();
}
