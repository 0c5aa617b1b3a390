import { deletion } from './api.js';
import { nameOf } from './card.js';
import { button, h, newId, notice, openDialog } from './dom.js';
import { described } from './problems.js';
import { isExpired, validSecrets } from './schedule.js';
import { t } from './text.js';

/**
 * Asks before it deletes; says what follows by the newest reading of the list.
 *
 * @param {Context} context
 * @param {Application} application
 * @param {Secret} secret
 */
export function openRemove(context, application, secret) {
  const { clientId } = application;
  let current = application;
  let busy = false;
  const name = nameOf(secret);
  const consequence = h('div', {});
  const message = h('div', { className: 'message' });
  const keep = button(t.remove.keep, () => busy || opened.close());
  const submit = button(t.remove.submit, () => void remove(), { className: 'danger primary' });
  const which = h('p', {}, h('strong', {}, t.remove.which(name, application.displayName)));
  if (secret.hint) which.append(', ', t.remove.starts(secret.hint));
  const opened = openDialog(t.remove.title, which, consequence, message, h('div', { className: 'buttons' }, keep, submit));
  /** @type {ReturnType<typeof lastGuard> | null} */
  let guard = null;

  const show = () => {
    const others = validSecrets(current, secret.keyId);
    const last = !isExpired(secret) && !others.length;
    if (last && guard) return;
    guard = last ? lastGuard(current, secret) : null;
    const told = isExpired(secret) ? t.remove.harmless : t.remove.others(named(others));
    consequence.replaceChildren(guard ? guard.element : h('p', {}, told));
  };

  const setBusy = (/** @type {boolean} */ now) => {
    busy = now;
    submit.textContent = now ? t.remove.busy : t.remove.submit;
    for (const each of [submit, keep]) each.setAttribute('aria-disabled', String(now));
  };

  /** Looks again: somebody else may have changed what is at stake. */
  const look = async () => {
    if (!(await context.refresh()) || !opened.dialog.open) return;
    const found = context.listing.applications.find((each) => each.clientId === clientId);
    if (!found?.secrets.some((each) => each.keyId === secret.keyId)) return gone();
    current = found;
    show();
  };

  const gone = () => {
    consequence.replaceChildren(notice('info', t.remove.gone));
    message.replaceChildren();
    submit.remove();
    keep.textContent = t.close;
    keep.focus();
  };

  const remove = async () => {
    if (busy || (guard && !guard.isConfirmed())) return;
    setBusy(true);
    message.replaceChildren();
    const answer = await context.ask(deletion(clientId, secret.keyId, guard !== null));
    setBusy(false);
    if (!answer.ok) return refused(answer.problem);
    await context.refresh();
    opened.close();
    context.tell(t.remove.done(name));
  };

  /** @param {Problem} problem */
  const refused = (problem) => {
    const told = described(problem, context.config);
    if (!problem.status || problem.code === 'outcome_unknown') told.append(h('p', {}, t.remove.unknown));
    message.replaceChildren(notice('error', told));
    if (problem.code === 'invalid_token') message.append(button(t.signIn, () => context.signInAgain()));
    if (problem.code === 'last_valid_secret') void look();
  };

  show();
  keep.focus();
  void look();
}

/** @param {Secret[]} others */
function named(others) {
  return t.remove.or(others.map((each) => t.remove.other(nameOf(each), each.hint)));
}

/** @param {Application} application @param {Secret} secret */
function lastGuard(application, secret) {
  const wanted = secret.displayName ?? application.displayName;
  const [id, fault] = [newId(), newId()];
  const error = h('p', { className: 'fault', id: fault, role: 'alert' });
  const input = h('input', { type: 'text', id, autocomplete: 'off', 'aria-describedby': fault });
  const text = secret.displayName === null ? t.remove.confirmUnnamed(wanted) : t.remove.confirm(wanted);
  const element = h(
    'div',
    {},
    notice('error', t.remove.last),
    h('div', { className: 'field' }, h('label', { htmlFor: id }, text), input, error),
  );
  const isConfirmed = () => {
    const right = input.value.trim().normalize('NFC') === wanted.trim().normalize('NFC');
    error.textContent = right ? '' : t.remove.mismatch;
    input.setAttribute('aria-invalid', String(!right));
    if (!right) input.focus();
    return right;
  };
  return { element, isConfirmed };
}
