import { alarm, button, buttons, h, notice, p, quiet } from './dom.js';
import { creation, deletion } from './api.js';
import { expiryFields } from './expiry.js';
import { explained } from './problems.js';
import { field } from './field.js';
import { isDefinite, isUnknown, leavesDoubt } from './outcomes.js';
import { openDialog } from './dialog.js';
import { Reveal } from './reveal.js';
import { t } from './text.js';

/** How often, and every how many seconds, a request that is still under way is asked about. */
const CHECKS = 8;
const PAUSE = 5;

/** What the API refuses in a name: control, line-breaking and bidirectional-override characters. */
const REFUSED = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** Asks for a new secret, and goes on until it is known what became of it. */
export class Creation {
  busy = false;
  /** The name of a secret of which it will not be known here whether it was made. */
  lost = '';
  message = h('div', { className: 'message' });
  submit = h('button', { className: 'primary' });
  cancel = button(t.cancel, () => this.leave());

  /**
   * @param {Context} context
   * @param {Application} application
   * @param {Draft} [draft] what was typed before a sign-in came between
   */
  constructor(context, application, draft) {
    this.context = context;
    this.application = application;
    this.key = draft?.key ?? crypto.randomUUID();
    /** Whether a request with this key may have been carried out. */
    this.sent = draft?.sent ?? false;
    const { config, listing } = context;
    this.max = listing.newSecret.maxDisplayNameLength;
    const oninput = () => {
      this.name.refuse('');
      this.renew();
    };
    const hint = t.create.nameHint(config.providerName);
    this.name = field(t.create.name, { required: true, value: draft?.name ?? '', oninput }, hint);
    this.expiry = expiryFields(listing.newSecret, draft, () => this.renew());
    this.fields = h('fieldset', { className: 'fields' }, this.name.element, this.expiry.element);
    const onsubmit = (/** @type {Event} */ event) => {
      event.preventDefault();
      const wrong = this.fault();
      if (wrong) wrong.focus();
      else if (!this.busy) void this.create();
    };
    const row = buttons(this.cancel, this.submit);
    const form = h('form', { onsubmit, noValidate: true }, this.fields, this.message, row);
    this.close = openDialog(
      t.create.open,
      () => this.leave(),
      p(quiet(application.displayName)),
      form,
    );
    this.rest();
    this.name.input.focus();
    if (this.sent) this.show(notice('warning', 'alert', t.create.unknown));
  }

  /** @returns {HTMLElement | null | undefined} what is to be mended; nothing of what was sent */
  fault() {
    if (this.sent) return null;
    return this.name.refuse(this.nameFault()) ?? this.expiry.check();
  }

  nameFault() {
    const name = this.name.input.value.trim().normalize('NFC');
    if (!name) return t.create.noName;
    if ([...name].length > this.max) return t.create.longName(this.max);
    return REFUSED.test(name) ? t.create.badName : '';
  }

  /** What comes next is another request. */
  renew() {
    this.key = crypto.randomUUID();
    this.sent = false;
  }

  /** @returns {Draft} */
  kept = () => {
    const { key, sent, application } = this;
    return {
      clientId: application.clientId,
      name: this.name.input.value,
      ...this.expiry.kept(),
      key,
      sent,
    };
  };

  /** @param {Node[]} shown */
  show(...shown) {
    this.message.replaceChildren(...shown);
    this.message.scrollIntoView({ block: 'nearest' });
  }

  rest(busy = false) {
    this.busy = busy;
    this.submit.textContent = busy ? t.create.busy : this.sent ? t.create.check : t.create.submit;
    this.submit.ariaDisabled = this.cancel.ariaDisabled = `${busy}`;
    this.fields.disabled = busy || this.sent;
  }

  leave() {
    if (this.busy) return;
    this.close();
    const name = this.sent ? this.name.input.value : this.lost;
    if (!name) return;
    this.context.tell(t.create.leave(name));
    void this.context.refresh();
  }

  async create(checks = 0, again = false) {
    const { context, application } = this;
    this.rest(true);
    if (!checks) this.show();
    const body = { displayName: this.name.input.value.trim(), expiresOn: this.expiry.value() };
    const answer = await context.ask(creation(application, this.key, body), this.kept);
    if (answer.ok) {
      this.close();
      return void new Reveal(context, application, /** @type {CreatedSecret} */ (answer.body));
    }
    const { code, retryAfterSeconds = PAUSE } = answer.problem;
    if (code === 'in_progress' && checks < CHECKS) {
      this.sent = true;
      this.show(notice('info', 'status', t.create.waiting));
      setTimeout(() => this.create(checks + 1, again), retryAfterSeconds * 1000);
    } else if (code === 'aborted' && !again) {
      // It was to be made, and is known not to be: the same wish, as another request.
      this.renew();
      void this.create(0, true);
    } else this.settle(answer.problem);
  }

  /** @param {Problem} problem */
  settle(problem) {
    const { code, keyId, errors = [] } = problem;
    const { context, expiry, name } = this;
    // An earlier answer was lost, and the key that asked for it goes: the list has to tell.
    const doubt = this.sent && leavesDoubt(problem);
    if (doubt) this.lost = name.input.value;
    if (isDefinite(problem)) this.renew();
    else if (isUnknown(problem)) this.sent = true;
    this.rest();
    const told = doubt ? t.create.doubt(this.lost) : this.sent ? t.create.unknown : '';
    if (doubt) this.show(notice('warning', 'alert', told));
    const about = errors.map((each) => each.pointer).join();
    if (keyId) this.offerRestart(keyId);
    else if (code === 'invalid_token') this.offerSignIn();
    else if (about.includes('/displayName')) name.refuse(t.create.badName)?.focus();
    else if (about.includes('/expiresOn')) expiry.refuse().focus();
    else if (code === 'lifetime_refused') expiry.refuse(t.problems.lifetime_refused).focus();
    else this.show(alarm(told && p(h('b', {}, told)), explained(problem, context.config)));
    if (doubt || code === 'not_found' || code === 'application_privileged') void context.refresh();
  }

  offerSignIn() {
    const signIn = button(t.signIn, () => this.context.signIn(this.kept()));
    this.show(notice('warning', 'alert', p(t.welcome.ended, ' ', t.typed), signIn));
  }

  /** @param {string} keyId of the secret whose value was lost */
  offerRestart(keyId) {
    const { context, application } = this;
    const restart = button(t.create.restart, async () => {
      if (this.busy) return;
      this.rest(true);
      // Nobody ever had its value: nothing depends on it, be it the last valid one.
      const answer = await context.ask(deletion(application, keyId, true), this.kept);
      this.rest();
      if (!answer.ok) return this.show(alarm(explained(answer.problem, context.config)), offer);
      this.show(notice('info', 'status', t.create.restarted));
      this.submit.focus();
      void context.refresh();
    });
    const offer = notice('warning', 'alert', p(t.create.lost), restart);
    this.show(offer);
    restart.focus();
    void context.refresh();
  }
}
