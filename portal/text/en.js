// Every word of the page, in English. Another language is one more file of this shape.

/** @param {number} n @param {string} one @param {string} [many] */
const count = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

/** @param {string[]} parts @param {'conjunction' | 'disjunction'} type */
const list = (parts, type) => new Intl.ListFormat('en-GB', { type }).format(parts);

/** @typedef {string} S */
/** @typedef {number} N */

export default {
  language: 'en-GB',
  title: 'Manage API Credentials',
  loading: 'Loading…',
  signIn: 'Sign in',
  signOut: 'Sign out',
  cancel: 'Cancel',
  close: 'Close',
  retry: 'Try again',
  copied: 'Copied.',
  notCopied: 'Your browser does not allow copying. The text is selected: press Ctrl+C or ⌘C.',
  typed: 'Sign in again: what you typed is kept.',
  outdated: 'The list could not be read again: it may be out of date.',
  mfaGuide: 'MFA user guide',
  apiGuide: 'API authentication guide',
  support: 'If it goes on, write to {} and name the trace ID.',
  trace: (/** @type {S} */ id) => `Trace ID: ${id}`,
  wait: (/** @type {N} */ seconds) => `Try again in ${count(seconds, 'second')}.`,
  organisations: (/** @type {N} */ n) => count(n, 'organisation'),
  welcome: {
    lead: (/** @type {S} */ provider) =>
      `Create and delete the client secrets with which your systems connect to the APIs of ${provider}.`,
    who: 'For credential managers, with multi-factor authentication.',
    ended: 'Your session has ended.',
    failed: 'You could not be signed in',
    refused: (/** @type {S} */ code) => `You were not signed in (${code}).`,
  },
  intro:
    'Create a new secret, put it into your system, confirm that it connects, then delete the old one. Your client ID never changes.',
  attention: {
    dead: (/** @type {N} */ n) =>
      `${count(n, 'application has', 'applications have')} no valid secret and cannot connect.`,
    expiring: (/** @type {N} */ n) =>
      `${count(n, 'secret expires', 'secrets expire')} within 6 weeks.`,
  },
  search: 'Search applications and secrets',
  nothingFound: 'No application matches your search.',
  found: (/** @type {N} */ n, /** @type {N} */ all) => `${n} of ${count(all, 'application')}`,
  clientId: 'Client ID',
  copyId: (/** @type {S} */ application) => `Copy client ID of ${application}`,
  reach: 'May reach',
  secrets: (/** @type {N} */ n) => count(n, 'secret'),
  noSecret: 'No secret yet. Your system needs one to connect.',
  allExpired: 'All secrets have expired: this application cannot connect. Create a new secret.',
  oldOne: 'Once your system uses the newer secret, delete the old one. That ends its reminders.',
  blocked:
    'You can see this application but not change it here, since it may reach more than the APIs that are managed here. Write to {}.',
  tableOf: (/** @type {S} */ application) => `Secrets of ${application}`,
  table: {
    name: 'Name',
    hint: 'Starts with',
    created: 'Created',
    expires: 'Expires',
    reminded: 'Last reminder',
    remove: 'Delete',
  },
  by: (/** @type {S} */ name) => `by ${name}`,
  elsewhere: 'outside this page',
  unnamed: 'Unnamed secret',
  none: 'none',
  unknown: 'not known',
  stage: {
    sixWeeks: '(6 weeks ahead)',
    threeWeeks: '(3 weeks ahead)',
    daily: '(daily)',
    expired: '(expired)',
  },
  badge: {
    active: 'Valid',
    soon: 'Expires soon',
    warning: 'Expires in less than a month',
    urgent: 'Expires within a week',
    expired: 'Expired',
  },
  days: (/** @type {N} */ n) => {
    if (Math.abs(n) < 2) return ['yesterday', 'today', 'tomorrow'][n + 1] ?? '';
    return n > 0 ? `in ${n} days` : `${-n} days ago`;
  },
  create: {
    open: 'Create new secret',
    openFor: (/** @type {S} */ application) => `Create new secret for ${application}`,
    name: 'Name',
    nameHint: (/** @type {S} */ provider) =>
      `Include your own name, for example “Secret by VM”, so that ${provider} can contact you.`,
    expiry: 'Expires after',
    months: (/** @type {S} */ n) => `${n} months`,
    longest: 'recommended',
    other: 'Another date',
    date: 'Last day on which it works',
    range: (/** @type {S} */ from, /** @type {S} */ to) => `From ${from} to ${to}.`,
    preview: (/** @type {S} */ day, /** @type {S[]} */ weeks, /** @type {S} */ daily) => {
      const ahead = weeks.length ? `on ${list(weeks, 'conjunction')}, then ` : '';
      return `Valid through ${day}, 23:59 UTC; reminders ${ahead}daily from ${daily}.`;
    },
    submit: 'Create',
    busy: 'Creating…',
    noName: 'Enter a name.',
    longName: (/** @type {N} */ max) => `Use at most ${max} characters.`,
    badName: 'Use no control or text-direction characters.',
    badDate: (/** @type {S} */ from, /** @type {S} */ to) => `Choose a day from ${from} to ${to}.`,
    unknown:
      'It is not known whether the secret was created. Check again: it is never created twice.',
    check: 'Check again',
    waiting: 'Your first request is still under way. Checking again shortly…',
    lost: 'The secret was created, but its value was lost on the way. Nobody can see or use it.',
    restart: 'Delete that one and start again',
    restarted: 'The lost secret is deleted. You can create another.',
    doubt: (/** @type {S} */ name) =>
      `It is not known whether “${name}” was created. If it is in the list once you close this, nobody has its value: delete it. If you create another now, name it differently.`,
    leave: (/** @type {S} */ name) =>
      `It is not known whether “${name}” was created. If it is in the list, nobody has its value: delete it.`,
  },
  reveal: {
    title: 'Copy your new secret now',
    warning: (/** @type {S} */ provider) =>
      `Nobody can ever show this value again, ${provider} included. Copy it and store it securely.`,
    value: 'Client secret',
    copy: 'Copy secret',
    copied: 'The secret is copied.',
    next: 'It may take up to a minute to work.',
    request: 'Request a token with it',
    resource: 'Resource',
    paste: '# Paste the secret when the next line waits; it does not show.',
    copyRequest: 'Copy request',
    done: 'I have stored the value',
    uncopied: 'You have not copied the value. It can never be shown again. Leave without it?',
    back: 'Go back and copy',
    leave: 'Leave without the value',
    first: 'The secret is created.',
    lost: 'The secret is created, but you did not take its value: delete it and create another.',
    closed: 'The secret is created. Once your system connects with it, delete the old one.',
  },
  remove: {
    openFor: (/** @type {S} */ name, /** @type {S | null} */ hint) =>
      `Delete secret ${name}${hint ? `, starts with ${hint}` : ''}`,
    starts: (/** @type {S} */ hint) => `starts with ${hint}`,
    harmless: 'It has expired: deleting it changes nothing for your systems.',
    others: (/** @type {S[]} */ which) =>
      `Make sure that your system uses ${list(which, 'disjunction')}. Whatever still uses the deleted one loses access at once.`,
    other: (/** @type {S} */ name, /** @type {S | null} */ hint) =>
      hint ? `the one that starts with ${hint} (${name})` : name,
    last: 'This is the last valid secret. Deleting it stops every connection of this application at once. If your system still needs to connect, create a new secret first.',
    late: 'Microsoft Entra ID may not show your newer secret yet. Wait a minute and try again, or delete this one anyhow by typing the name.',
    confirm: (/** @type {S} */ name) => `To delete it all the same, type: ${name}`,
    mismatch: 'That is not the name.',
    keep: 'Keep secret',
    submit: 'Delete secret',
    busy: 'Deleting…',
    done: (/** @type {S} */ name) => `The secret ${name} is deleted.`,
    gone: 'Somebody else has deleted this secret already.',
    unknown: 'It is not known whether the secret was deleted. Try again: that does no harm.',
  },
  idle: {
    title: 'Are you still there?',
    text: 'You will be signed out in 2 minutes, since nothing was done for a while.',
    stay: 'Stay signed in',
  },
  nothing: {
    title: 'No applications to manage',
    text: 'You are not a credential manager of any application.',
    ask: 'Ask in your organisation who your credential manager is. If you need access, write to {}.',
    mfa: 'Signing in takes multi-factor authentication: {}.',
  },
  failed: 'The list could not be loaded',
  problems: {
    offline: 'You are offline. Check your connection and try again.',
    no_answer: 'No answer arrived.',
    sign_in_away: 'The sign-in service does not answer at the moment.',
    unavailable: 'A service that is needed here does not answer at the moment.',
    invalid_token: 'Your session has ended.',
    step_up_required:
      'Your sign-in does not show the multi-factor authentication that is needed here.',
    step_up_unsupported:
      'Multi-factor authentication is needed here, and this sign-in cannot ask for it.',
    role_missing:
      'Your account does not have the role “credential manager” (credential_management).',
    too_many_groups: 'Your account is in too many groups for its applications to be told.',
    application_privileged: 'This application may reach more than the APIs that are managed here.',
    not_found: 'You do not manage this application any more, or it is gone.',
    last_valid_secret: 'Nothing was deleted: for Microsoft Entra ID this is the last valid secret.',
    in_progress: 'Your first request is still being settled, which can take half an hour.',
    application_busy: 'Another change to this application is under way.',
    aborted: 'Nothing was created. Try again.',
    idempotency_key_reused: 'The request was taken for an earlier one. Try again.',
    invalid_input: 'Something that you entered is not accepted.',
    unsupported_media_type: 'The request was not understood. Reload the page.',
    lifetime_refused: 'A policy refuses this expiry date. Choose an earlier one.',
    too_many_secrets: 'This application has as many secrets as it may have. Delete one first.',
    directory_refused: 'Microsoft Entra ID refused the change.',
    directory_busy: 'Microsoft Entra ID is busy. Nothing was changed.',
    throttled: 'There are too many requests at the moment.',
    already_created: 'The secret was created before.',
    directory_unavailable: 'Microsoft Entra ID does not answer at the moment.',
    keys_unavailable: 'Sign-ins cannot be checked at the moment.',
    settings_incomplete: 'This page is not set up completely.',
    store_unavailable: 'The storage of this page does not answer at the moment.',
    outcome_unknown: 'The change was sent, but its answer was lost.',
    internal_error: 'Something went wrong on our side.',
  },
};
