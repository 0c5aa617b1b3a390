import { creation, deletion } from './api.js';
import { alarm, button, buttons, explained, field, h, newId, notice, openDialog, p, quiet, t } from './kit.js';
import { openReveal } from './secret.js';
import { addMonths, bareDay, longDay, reminders, shortDay, today } from './time.js';

/** How often, and for how many seconds, an earlier request that is still under way is waited for. */
const CHECKS = 8;
const PAUSE = 5;

/** Refusals after which nothing was made, nor will be: what follows is another request. */
const DEFINITE =
  'aborted already_created application_busy application_privileged directory_busy directory_refused idempotency_key_reused invalid_input lifetime_refused not_found role_missing step_up_unsupported too_many_groups too_many_secrets unsupported_media_type'.split(' ');

/** Not carried out; an earlier request with the same key may yet have been. */
const TURNED_AWAY =
  'invalid_token keys_unavailable settings_incomplete sign_in_away step_up_required throttled'.split(' ');

/** What the API refuses in a name: control, line-breaking and bidirectional-override characters. */
const REFUSED = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

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
  /** Whether a request with this key may have been carried out. */
  let sent = draft?.sent ?? false;
  let busy = false;
  const renew = () => {
    key = crypto.randomUUID();
    sent = false;
  };
  const oninput = () => {
    name.refuse('');
    renew();
  };
  const name = field(t.create.name, { required: true, value: draft?.name ?? '', oninput }, t.create.nameHint(config.providerName));
  const expiry = expiryFields(limits, draft, renew);
  const message = h('div', { className: 'message' });
  const submit = h('button', { className: 'primary' }, '');
  const cancel = button(t.cancel, () => leave());
  const fields = h('fieldset', { className: 'fields' }, name.element, expiry.element);
  const onsubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const wrong = name.refuse(nameFault(name.input.value, limits.maxDisplayNameLength)) ?? expiry.check();
    if (wrong) wrong.focus();
    else if (!busy) void create();
  };
  const form = h('form', { onsubmit, noValidate: true }, fields, message, buttons(cancel, submit));
  const close = openDialog(t.create.open, p(quiet(application.displayName)), form);

  const kept = () => ({ clientId: application.clientId, name: name.input.value, ...expiry.kept(), key, sent });
  const show = (/** @type {Child[]} */ ...shown) => message.replaceChildren(.../** @type {Node[]} */ (shown));

  const setBusy = (/** @type {boolean} */ now) => {
    busy = now;
    submit.textContent = busy ? t.create.busy : sent ? t.create.check : t.create.submit;
    submit.ariaDisabled = cancel.ariaDisabled = `${busy}`;
    fields.disabled = busy || sent;
  };

  const leave = () => {
    if (busy) return;
    close();
    if (!sent) return;
    context.tell(t.create.leave(name.input.value));
    void context.refresh();
  };

  const create = async (checks = 0, again = false) => {
    setBusy(true);
    if (!checks) show();
    const body = { displayName: name.input.value.trim(), expiresOn: expiry.value() };
    const answer = await context.ask(creation(application, key, body), kept);
    if (answer.ok) {
      close();
      return openReveal(context, application, /** @type {CreatedSecret} */ (answer.body));
    }
    const { code, retryAfterSeconds = PAUSE } = answer.problem;
    if (code === 'in_progress' && checks < CHECKS) {
      sent = true;
      show(notice('info', 'status', t.create.waiting));
      return void setTimeout(create, retryAfterSeconds * 1000, checks + 1);
    }
    if (code !== 'aborted' || again) return settle(answer.problem);
    // It was to be made, and is known not to be: the same wish, as another request.
    renew();
    void create(0, true);
  };

  /** @param {Problem} problem */
  const settle = (problem) => {
    const { code, keyId, errors = [] } = problem;
    if (DEFINITE.includes(code)) renew();
    else if (!TURNED_AWAY.includes(code)) sent = true;
    setBusy(false);
    const about = errors.map((each) => each.pointer).join();
    if (code === 'already_created' && keyId) offerRestart(keyId);
    else if (code === 'invalid_token') show(notice('warning', 'alert', p(t.kept), button(t.signIn, () => context.signIn(kept()))));
    else if (about.includes('/displayName')) name.refuse(t.create.badName)?.focus();
    else if (about.includes('/expiresOn')) expiry.refuse().focus();
    else if (code === 'lifetime_refused') expiry.refuse(t.problems.lifetime_refused).focus();
    else show(alarm(explained(problem, config), sent && p(t.create.unknown)));
    if (code === 'not_found' || code === 'application_privileged') void context.refresh();
  };

  /** @param {string} keyId */
  const offerRestart = (keyId) => {
    const restart = button(t.create.restart, async () => {
      if (busy) return;
      setBusy(true);
      // Nobody ever had its value: nothing depends on it, be it the last valid one.
      const answer = await context.ask(deletion(application, keyId, true), kept);
      setBusy(false);
      if (!answer.ok) return message.prepend(alarm(explained(answer.problem, config)));
      show(notice('info', 'status', t.create.restarted));
      submit.focus();
      void context.refresh();
    });
    show(notice('warning', 'alert', p(t.create.lost), restart));
    restart.focus();
  };

  setBusy(false);
  name.input.focus();
  if (sent) show(notice('warning', 'alert', t.create.unknown));
}

/** @param {string} typed @param {number} max */
function nameFault(typed, max) {
  const name = typed.trim().normalize('NFC');
  if (!name) return t.create.noName;
  if ([...name].length > max) return t.create.longName(max);
  return REFUSED.test(name) ? t.create.badName : '';
}

/**
 * How long a new secret is to live: some months, or until a day within the server's limits.
 *
 * @param {Limits} limits
 * @param {Draft | undefined} draft
 * @param {() => void} changed
 */
function expiryFields({ minExpiresOn: min, maxExpiresOn: max, defaultExpiresOn }, draft, changed) {
  /** @type {Record<string, string>} */
  const days = { 3: '', 6: '', 12: defaultExpiresOn };
  for (const months in days) {
    const day = addMonths(today(), Number(months));
    days[months] ||= day < max ? day : max;
  }
  let choice = draft?.choice ?? '12';
  const range = /** @type {const} */ ([shortDay(min), shortDay(max)]);
  const oninput = () => {
    refuse('');
    show();
    changed();
  };
  const date = field(t.create.date, { type: 'date', min, max, value: draft?.day ?? max, oninput }, t.create.range(...range));
  const preview = h('p', { className: 'preview', role: 'status' });
  const value = () => days[choice] ?? date.input.value;
  const isAllowed = () => value() >= min && value() <= max;
  const show = () => {
    date.element.hidden = choice in days;
    preview.textContent = isAllowed() ? foretold(value()) : '';
  };
  const name = newId();
  const radios = [...Object.keys(days), 'other'].map((each) => {
    const onchange = () => {
      if (!(each in days)) date.input.value = value();
      choice = each;
      oninput();
    };
    const day = days[each];
    const input = h('input', { type: 'radio', name, defaultChecked: each === choice, onchange });
    const told = day ? [t.create.months(each), quiet(shortDay(day))] : [t.create.other];
    const best = each === '12' && h('span', { className: 'tag' }, t.create.longest);
    return { input, element: h('label', { className: 'option' }, input, ...told, best) };
  });
  /** Refuses the day that is chosen, beside the field where another can be. */
  const refuse = (why = t.create.badDate(...range)) => {
    if (why && choice in days) radios.at(-1)?.input.click();
    date.refuse(why);
    return date.input;
  };
  const element = h('fieldset', {}, h('legend', {}, t.create.expiry), ...radios.map((each) => each.element), date.element, preview);
  show();
  return {
    element,
    value,
    refuse,
    check: () => (isAllowed() ? null : refuse()),
    kept: () => ({ choice, day: date.input.value }),
  };
}

/** @param {string} day */
function foretold(day) {
  const { weeks, dailyFrom } = reminders(today(), day);
  return t.create.preview(longDay(day), weeks.map(bareDay), shortDay(dailyFrom));
}
