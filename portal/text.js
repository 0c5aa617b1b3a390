import english from './text/en.js';

/** Each language by its code: a further one is one more file, and one more line here. */
const LANGUAGES = new Map([['en', async () => english]]);

const wanted = navigator.languages.map((each) => each.slice(0, 2));
const chosen = wanted.find((each) => LANGUAGES.has(each)) ?? 'en';

export const t = (await LANGUAGES.get(chosen)?.()) ?? english;
document.documentElement.lang = chosen;

/**
 * What a secret is called: one made elsewhere may have no name, or one of nothing but spaces.
 *
 * @param {Secret} secret
 * @param {string} [otherwise]
 */
export const nameOf = ({ displayName }, otherwise = t.unnamed) =>
  displayName?.trim() ? displayName : otherwise;

/** @param {Intl.DateTimeFormatOptions} options */
function format(options) {
  const made = new Intl.DateTimeFormat(t.language, {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'short',
    ...options,
  });
  // "Fri 4 Dec 2026": some editions of Unicode's data have a comma there.
  return (/** @type {string} */ day) => made.format(new Date(day)).replace(',', '');
}

export const longDay = format({ weekday: 'short', year: 'numeric' });
export const shortDay = format({ year: 'numeric' });
export const bareDay = format({});
