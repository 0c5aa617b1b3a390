import { byEnd, daysLeft, isDead, isPressing, urgency } from './time.js';
import { h, notice, p } from './dom.js';
import { nameOf, t } from './text.js';

const NAMED = 5;

/**
 * Says what cannot wait, with links to it; nothing if everything can.
 *
 * @param {Application[]} applications
 */
export function attention(applications) {
  const dead = applications.filter(isDead);
  const links = dead.map((each) => worry(each, t.badge.expired));
  let severe = dead.length > 0;
  let expiring = 0;
  for (const application of applications) {
    for (const secret of application.secrets.filter(isPressing).sort(byEnd)) {
      expiring += 1;
      severe ||= urgency(secret) === 'urgent';
      links.push(worry(application, `${nameOf(secret)}, ${t.days(daysLeft(secret))}`));
    }
  }
  if (!links.length) return '';
  const told = [
    dead.length && t.attention.dead(dead.length),
    expiring && t.attention.expiring(expiring),
  ];
  const summary = h('strong', {}, told.filter(Boolean).join(' '));
  const all = h('ul', {}, ...links);
  const few = links.length <= NAMED;
  const shown = few ? [p(summary), all] : [h('details', {}, h('summary', {}, summary), all)];
  return notice(severe ? 'error' : 'warning', undefined, ...shown);
}

/** @param {Application} application @param {string} told */
const worry = ({ clientId, displayName }, told) =>
  h('li', {}, h('a', { href: `#${clientId}` }, displayName), `: ${told}`);
