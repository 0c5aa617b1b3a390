import { alarm, button, buttons, h, notice, p } from './dom.js';
import { deletion } from './api.js';
import { explained } from './problems.js';
import { field } from './field.js';
import { isUnknown } from './outcomes.js';
import { isExpired, validSecrets } from './time.js';
import { openDialog } from './dialog.js';
import { nameOf, t } from './text.js';

/**
 * A name as it can be typed: what was made elsewhere may hold spaces that nobody sees.
 *
 * @param {string} name
 */
const typeable = (name) => name.normalize('NFC').trim().replace(/\s+/g, ' ');

/** Asks before a secret is deleted; says what follows by the newest reading of the list. */
export class Removal {
  busy = false;
  /** Whether a deletion was sent whose outcome is not known. */
  tried = false;
  /** Whether the server said that it is the last valid one, though others may be listed. */
  saidLast = false;
  /** Whether others that are valid are listed. */
  hasOthers = false;
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
    this.name = nameOf(secret);
    /** A secret without a name goes by its application's. */
    this.wanted = nameOf(secret, application.displayName);
    const starts = secret.hint && ` (${t.remove.starts(secret.hint)})`;
    const which = p(h('b', {}, this.name), starts, ` · ${application.displayName}`);
    const row = buttons(this.keep, this.submit);
    this.close = openDialog(
      t.remove.submit,
      () => this.leave(),
      which,
      this.consequence,
      this.message,
      row,
    );
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
    this.hasOthers = others.length > 0;
    this.protect(!expired && (this.saidLast || !this.hasOthers));
    const safe = t.remove.others(others.map((each) => t.remove.other(nameOf(each), each.hint)));
    // The list shows what was just made here; the server counts what the directory shows.
    const late = this.guard ? [notice('warning', 'status', t.remove.late)] : [];
    const shown = this.hasOthers ? [p(safe), ...late] : [notice('error', undefined, t.remove.last)];
    this.consequence.replaceChildren(...(expired ? [p(t.remove.harmless)] : shown));
  }

  /** @param {boolean} last whether the name is to be typed; what was typed already stays */
  protect(last) {
    if (!last) {
      this.guard?.element.remove();
      this.guard = null;
    } else if (!this.guard) {
      this.guard = field(t.remove.confirm(this.wanted), {});
      this.consequence.after(this.guard.element);
    }
  }

  /** Reads the list again: somebody else may have changed what is at stake. */
  async look() {
    const { context, keep, secret, application } = this;
    // Where it cannot be read, what the server said counts with the reading that there is.
    await context.refresh();
    if (this.busy) return;
    const found = context.listing.applications.find(
      (each) => each.clientId === application.clientId,
    );
    if (found?.secrets.some((each) => each.keyId === secret.keyId)) return this.show(found);
    const gone = this.tried ? t.remove.done(this.name) : t.remove.gone;
    const told = found ? gone : t.problems.not_found;
    this.protect(false);
    this.consequence.replaceChildren(notice('info', 'status', told));
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
    const { context, application, guard, hasOthers, wanted } = this;
    const typed = typeable(guard?.input.value ?? '');
    const confirmed = guard !== null && typed === typeable(wanted);
    // Where others are listed, the directory may show them by now: nothing typed asks it again.
    const isFine = confirmed || (hasOthers && !typed);
    const wrong = guard?.refuse(isFine ? '' : t.remove.mismatch);
    if (wrong) return wrong.focus();
    if (this.busy) return;
    this.rest(true);
    this.message.replaceChildren();
    const answer = await context.ask(deletion(application, this.secret.keyId, confirmed));
    if (!answer.ok) return this.refused(answer.problem);
    await context.refresh();
    this.close();
    context.tell(t.remove.done(this.name));
  }

  /** @param {Problem} problem */
  refused(problem) {
    const { code } = problem;
    const { context } = this;
    this.rest();
    const again = code === 'invalid_token' && button(t.signIn, () => context.signIn());
    this.tried ||= isUnknown(problem);
    this.saidLast ||= code === 'last_valid_secret';
    const unknown = isUnknown(problem) && p(t.remove.unknown);
    this.message.replaceChildren(alarm(unknown, explained(problem, context.config), again));
    if (code === 'last_valid_secret' || code === 'not_found') void this.look();
  }
}
