const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Makes something when it is first needed. Each of these takes the web engine some milliseconds, which a start should not. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

const relative = once(() => new Intl.RelativeTimeFormat('en', { numeric: 'auto' }));
const thisYear = once(() => new Intl.DateTimeFormat('en', { day: 'numeric', month: 'long' }));
const otherYear = once(() => new Intl.DateTimeFormat('en', { day: 'numeric', month: 'long', year: 'numeric' }));

/** How long ago `then` was, as a person would say it: `5 minutes ago`, `yesterday`, `on March 3`. */
export function ago(then: number, now: number): string {
  const passed = now - then;
  // Also whatever seems to lie ahead: clocks differ a little, and nobody is seen in the future.
  if (passed < MINUTE) return 'just now';
  if (passed < HOUR) return relative().format(-Math.floor(passed / MINUTE), 'minute');
  const days = calendarDays(then, now);
  if (days === 0 || passed < 6 * HOUR) return relative().format(-Math.floor(passed / HOUR), 'hour');
  if (days < 7) return relative().format(-days, 'day');
  const sameYear = new Date(then).getFullYear() === new Date(now).getFullYear();
  return `on ${(sameYear ? thisYear : otherYear)().format(then)}`;
}

/** How many midnights lie between the two, by the local calendar. */
function calendarDays(then: number, now: number): number {
  const midnight = (time: number) => new Date(time).setHours(0, 0, 0, 0);
  // Rounded, since a day of the clock change has 23 or 25 hours.
  return Math.round((midnight(now) - midnight(then)) / DAY);
}

/** How far `then` lies ahead, as a person would say it: `in 2 minutes`, `tomorrow`, `on March 3`. */
export function ahead(then: number, now: number): string {
  const left = then - now;
  // Times on screen are half a minute old at times, so seconds would say too much.
  if (left < 45_000) return 'in a moment';
  if (left < HOUR) return relative().format(Math.round(left / MINUTE), 'minute');
  if (left < 24 * HOUR) return relative().format(Math.round(left / HOUR), 'hour');
  const days = calendarDays(now, then);
  if (days < 14) return relative().format(days, 'day');
  const sameYear = new Date(then).getFullYear() === new Date(now).getFullYear();
  return `on ${(sameYear ? thisYear : otherYear)().format(then)}`;
}
