// UTC days as the API writes them, `2027-05-21`, and what follows from them.

const DAY = 86_400_000;

/** @param {number} instant */
const dayOf = (instant) => new Date(instant).toISOString().slice(0, 10);

/** @param {string} from @param {string} to */
export const daysBetween = (from, to) => Math.round((Date.parse(to) - Date.parse(from)) / DAY);

/** @param {string} day @param {number} days */
export const addDays = (day, days) => dayOf(Date.parse(day) + days * DAY);

/**
 * Adds calendar months; a day that the month lacks becomes its last.
 *
 * @param {string} day
 * @param {number} months
 */
export function addMonths(day, months) {
  const from = new Date(day);
  const first = Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months, 1);
  const length = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months + 1, 0)).getUTCDate();
  return dayOf(first + (Math.min(from.getUTCDate(), length) - 1) * DAY);
}

/**
 * Returns when a secret made on `today` is announced: the rule of shared/domain/reminders.py.
 * A stage that is meant for its first day or earlier is skipped.
 *
 * @param {string} today
 * @param {string} expiresOn
 */
export function reminders(today, expiresOn) {
  const weeks = [42, 21].map((days) => addDays(expiresOn, -days)).filter((day) => day > today);
  const lastWeek = addDays(expiresOn, -7);
  return { days: weeks, dailyFrom: lastWeek > today ? lastWeek : addDays(today, 1) };
}

let ahead = 0;

/** @param {string} serverTime what the server's clock shows now */
export function setClock(serverTime) {
  ahead = Date.parse(serverTime) - Date.now();
}

/** @returns {number} the server's time, in milliseconds */
export const now = () => Date.now() + ahead;

export const today = () => dayOf(now());

/** @param {Secret} secret */
export const daysLeft = (secret) => daysBetween(today(), secret.expiresOn);

/** @param {Secret} secret */
export const isExpired = (secret) => Date.parse(secret.endDateTime) <= now();

/** @param {Secret} secret */
const isValid = (secret) => !isExpired(secret) && Date.parse(secret.startDateTime) <= now();

/** @param {Application} application @param {string} [but] a key ID that does not count */
export function validSecrets(application, but) {
  return application.secrets.filter((each) => each.keyId !== but && isValid(each));
}

/** @typedef {'active' | 'soon' | 'warning' | 'urgent' | 'expired'} Urgency */

/**
 * @param {Secret} secret
 * @returns {Urgency}
 */
export function urgency(secret) {
  const left = daysLeft(secret);
  if (isExpired(secret)) return 'expired';
  if (left <= 7) return 'urgent';
  if (left < 30) return 'warning';
  return left <= 42 ? 'soon' : 'active';
}
