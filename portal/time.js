// UTC days as the API writes them, `2027-05-21`, and what follows from them.

const DAY = 86_400_000;

/** @param {number} instant */
const dayOf = (instant) => new Date(instant).toISOString().slice(0, 10);

/** @param {string} day @param {number} days */
const addDays = (day, days) => dayOf(Date.parse(day) + days * DAY);

/**
 * Adds calendar months; a day that the month lacks becomes its last.
 *
 * @param {string} day
 * @param {number} months
 */
export function addMonths(day, months) {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return dayOf(Date.UTC(year, month - 1 + months, Math.min(date, last)));
}

/**
 * Returns when a secret made on `today` is announced: the rule of shared/domain/reminders.py.
 * What is meant for its first day or earlier is skipped.
 *
 * @param {string} today
 * @param {string} expiresOn
 */
export function reminders(today, expiresOn) {
  const weeks = [42, 21].map((days) => addDays(expiresOn, -days)).filter((day) => day > today);
  const lastWeek = addDays(expiresOn, -7);
  return { weeks, dailyFrom: lastWeek > today ? lastWeek : addDays(today, 1) };
}

let ahead = 0;

/** @param {string} serverTime what the server's clock shows now */
export const setClock = (serverTime) => (ahead = Date.parse(serverTime) - Date.now());

const now = () => Date.now() + ahead;

export const today = () => dayOf(now());

/** @param {Secret} secret */
export const daysLeft = ({ expiresOn }) =>
  Math.round((Date.parse(expiresOn) - Date.parse(today())) / DAY);

/** @param {Secret} secret */
export const isExpired = ({ endDateTime }) => Date.parse(endDateTime) <= now();

/** @param {Application} application @param {string} [but] a key ID that does not count */
export const validSecrets = ({ secrets }, but) =>
  secrets.filter(
    (each) => each.keyId !== but && !isExpired(each) && Date.parse(each.startDateTime) <= now(),
  );

/** @type {(secret: Secret) => Urgency} */
export function urgency(secret) {
  const left = daysLeft(secret);
  if (isExpired(secret)) return 'expired';
  if (left <= 7) return 'urgent';
  if (left < 30) return 'warning';
  return left <= 42 ? 'soon' : 'active';
}

/** @param {Secret} a @param {Secret} b */
export const byEnd = (a, b) => (a.endDateTime < b.endDateTime ? -1 : 1);

/** @param {Secret} secret whether its end is near enough to do something */
export const isPressing = (secret) => !isExpired(secret) && urgency(secret) !== 'active';

/** @param {Application} application whether it had secrets, and none is left that works */
export const isDead = ({ secrets }) => secrets.length > 0 && secrets.every(isExpired);
