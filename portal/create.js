import { creation, deletion } from './api.js';
import { button, h, newId, notice, openDialog } from './dom.js';
import { expiryField } from './expiry.js';
import { described } from './problems.js';
import { openReveal } from './reveal.js';
import { t } from './text.js';

const CHECKS = 8;
const PAUSE = 5;

/** Refusals after which nothing was made, nor will be: the next attempt is another request. */
const DEFINITE = new Set([
  'aborted', 'application_busy', 'application_privileged', 'directory_busy', 'directory_refused',
  'idempotency_key_reused', 'invalid_input', 'lifetime_refused', 'not_found', 'role_missing',
  'step_up_unsupported', 'too_many_groups', 'too_many_secrets', 'unsupported_media_type',
]);
/** Not carried out; an earlier request with the same key may yet have been. */
const UNSENT = new Set([
  'invalid_token', 'keys_unavailable', 'settings_incomplete', 'sign_in_away', 'step_up_required', 'throttled',
]);

/** @param {string} name */
const badName = (name) => /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(name);

/**
 * Asks for a new secret, and goes on until it is known what became of it.
 *
 * @param {Context} context
 * @param {Application} application
 * @param {Draft} [draft] what was typed before a sign-in came between
 */
export function openCreate(context, application, draft) {
  const { config, listing } = context;
  const limits = listing.newSecret;
  let key = draft?.key ?? crypto.randomUUID();
  let sent = draft?.sent ?? false;
  let busy = false;
  const changed = () => {
    if (busy || sent) return;
    key = crypto.randomUUID();
  };
  const name = nameField(draft?.name ?? '', limits.maxDisplayNameLength, config.providerName, changed);
  const expiry = expiryField(limits, draft, changed);
  const message = h('div', { className: 'message' });
  const submit = h('button', { type: 'submit', className: 'primary' }, t.create.submit);
  const cancel = button(t.cancel, () => leave());
  const fields = h('fieldset', { className: 'plain' }, name.element, expiry.element);
  const onsubmit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (!busy && valid()) void create();
  };
  const buttons = h('div', { className: 'buttons' }, cancel, submit);
  const form = h('form', { onsubmit, noValidate: true, autocomplete: 'off' }, fields, message, buttons);
  const subtitle = h('p', { className: 'quiet' }, application.displayName);
  const opened = openDialog(t.create.title, subtitle, form);
  name.input.focus();

  const kept = () => ({ clientId: application.clientId, name: name.input.value, ...expiry.kept(), key, sent });

  const valid = () => {
    const first = [name.check(), expiry.check()].find(Boolean);
    first?.focus();
    return !first;
  };

  /** @param {boolean} now */
  const setBusy = (now) => {
    busy = now;
    submit.textContent = now ? t.create.busy : sent ? t.create.check : t.create.submit;
    for (const each of [submit, cancel]) each.setAttribute('aria-disabled', String(now));
    fields.disabled = now || sent;
  };

  const leave = () => {
    if (busy) return;
    opened.close();
    if (!sent) return;
    context.tell(t.create.leave(name.input.value.trim()));
    void context.refresh();
  };

  const create = async (/** @type {number} */ checks = 0, fresh = 0) => {
    setBusy(true);
    if (!checks) message.replaceChildren();
    const wanted = { displayName: name.input.value.trim(), expiresOn: expiry.value() };
    const answer = await context.ask(creation(application.clientId, key, wanted), kept);
    if (answer.ok) {
      opened.close();
      return openReveal(context, application, /** @type {CreatedSecret} */ (answer.body));
    }
    const { problem } = answer;
    if (problem.code === 'in_progress' && checks < CHECKS) {
      sent = true;
      message.replaceChildren(notice('info', t.create.waiting));
      setTimeout(() => void create(checks + 1), (problem.retryAfterSeconds ?? PAUSE) * 1000);
      return;
    }
    if (problem.code === 'aborted' && !fresh) {
      // It was meant to be made, and is known not to be: the same wish, as another request.
      key = crypto.randomUUID();
      sent = false;
      return create(0, fresh + 1);
    }
    settle(problem);
  };

  /** @param {Problem} problem */
  const settle = (problem) => {
    const { code } = problem;
    if (DEFINITE.has(code) || code === 'already_created') {
      key = crypto.randomUUID();
      sent = false;
    } else if (!UNSENT.has(code)) sent = true;
    setBusy(false);
    if (code === 'already_created' && problem.keyId) return offerRestart(problem.keyId);
    if (beside(problem)) return;
    if (code === 'invalid_token') return signInAgain();
    message.replaceChildren(notice('error', explained(problem)));
    if (code === 'not_found' || code === 'application_privileged') void context.refresh();
  };

  /** @param {Problem} problem */
  const explained = (problem) => {
    const { code } = problem;
    if (code === 'aborted') return t.create.aborted;
    const told = described(problem, config);
    if (sent) told.append(h('p', {}, t.create.unknown));
    return told;
  };

  /** Shows a refusal beside the field that it is about, if it is about one.
   *
   * @param {Problem} problem */
  const beside = ({ code, errors = [] }) => {
    const wrong = errors.map((each) => each.pointer);
    const day = wrong.includes('/expiresOn') && expiry.refuse();
    const named = wrong.includes('/displayName') && name.refuse(t.create.badName);
    const field = named || day || (code === 'lifetime_refused' && expiry.refuse(t.problems.lifetime_refused));
    if (field) field.focus();
    return Boolean(field);
  };

  const signInAgain = () => {
    const again = button(t.signIn, () => context.signInAgain(kept()), { className: 'primary' });
    message.replaceChildren(notice('warning', h('p', {}, t.welcome.kept), again));
    again.focus();
  };

  /** @param {string} keyId */
  const offerRestart = (keyId) => {
    const restart = button(t.create.restart, async () => {
      if (busy) return;
      setBusy(true);
      // Nobody ever had its value, so that nothing can depend on it, be it the last valid one.
      const answer = await context.ask(deletion(application.clientId, keyId, true), kept);
      setBusy(false);
      if (!answer.ok) return message.prepend(notice('error', described(answer.problem, config)));
      message.replaceChildren(notice('info', t.create.restarted));
      submit.focus();
      void context.refresh();
    });
    message.replaceChildren(notice('warning', h('p', {}, t.create.lost), restart));
    restart.focus();
  };

  setBusy(false);
  if (sent) message.replaceChildren(notice('warning', t.create.unknown));
}

/**
 * @param {string} value
 * @param {number} max
 * @param {string} provider
 * @param {() => void} changed
 */
function nameField(value, max, provider, changed) {
  const [id, hint, fault] = [newId(), newId(), newId()];
  const error = h('p', { className: 'fault', id: fault, role: 'alert' });
  const attributes = { id, type: 'text', required: true, value, 'aria-describedby': `${hint} ${fault}` };
  const input = h('input', {
    ...attributes,
    oninput: () => {
      refuse('');
      changed();
    },
  });
  const refuse = (/** @type {string} */ why) => {
    error.textContent = why;
    input.setAttribute('aria-invalid', String(Boolean(why)));
    return why ? input : null;
  };
  const check = () => {
    const typed = input.value.trim().normalize('NFC');
    const long = [...typed].length > max && t.create.longName(max);
    return refuse(!typed ? t.create.noName : long || (badName(typed) ? t.create.badName : ''));
  };
  const label = h('label', { htmlFor: id }, t.create.name);
  const advice = h('p', { className: 'quiet', id: hint }, t.create.nameHint(provider));
  return { element: h('div', { className: 'field' }, label, advice, input, error), input, check, refuse };
}
