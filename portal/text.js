import english from './text/en.js';

/** Each language by its code: a further one is one more file, and one more line here. */
const LANGUAGES = new Map([['en', async () => english]]);

const wanted = navigator.languages.map((each) => each.split('-')[0] ?? '');
const chosen = wanted.find((each) => LANGUAGES.has(each)) ?? 'en';

export const t = (await LANGUAGES.get(chosen)?.()) ?? english;
document.documentElement.lang = chosen;

/** @param {Intl.DateTimeFormatOptions} options */
function formatter(options) {
  return new Intl.DateTimeFormat(t.language, { timeZone: 'UTC', day: 'numeric', month: 'short', ...options });
}

const long = formatter({ weekday: 'short', year: 'numeric' });
const short = formatter({ year: 'numeric' });
const bare = formatter({});

/** @param {Intl.DateTimeFormat} format @param {string} day an instant, or a UTC day */
function parts(format, day) {
  // British commas after the weekday would be read as a pause: "Fri 4 Dec 2026".
  return format.format(new Date(day)).replace(',', '');
}

/** @param {string} day */
export const longDay = (day) => parts(long, day);

/** @param {string} day */
export const shortDay = (day) => parts(short, day);

/** @param {string} day */
export const bareDay = (day) => parts(bare, day);
