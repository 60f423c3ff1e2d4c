/** Times and lengths of time, as a developer reads them. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const pad = (n: number, digits = 2) => String(n).padStart(digits, '0');

/** `09:05:07.042`, by the local clock. */
export function clock(at: number): string {
  const date = new Date(at);
  const seconds = `${pad(date.getSeconds())}.${pad(date.getMilliseconds(), 3)}`;
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${seconds}`;
}

/** `12 ms`, `1.4 s`, `2 min 3 s`, `1 h 4 min`, `8 days`. */
export function lasting(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < MINUTE) return `${Number((ms / SECOND).toFixed(ms < 10 * SECOND ? 1 : 0))} s`;
  if (ms < HOUR) return two(ms, MINUTE, 'min', SECOND, 's');
  if (ms < DAY) return two(ms, HOUR, 'h', MINUTE, 'min');
  const days = Math.round(ms / DAY);
  return `${days} ${days === 1 ? 'day' : 'days'}`;
}

function two(ms: number, large: number, name: string, small: number, rest: string): string {
  const over = Math.floor((ms % large) / small);
  return `${Math.floor(ms / large)} ${name}${over > 0 ? ` ${over} ${rest}` : ''}`;
}

/** How far a calendar is off: `as it is`, `1 hour ahead`, `8 days ahead`, `2 min behind`. */
export function ahead(ms: number): string {
  if (ms === 0) return 'as it is';
  const off = Math.abs(ms);
  const length = off === HOUR ? '1 hour' : lasting(off);
  return `${length} ${ms > 0 ? 'ahead' : 'behind'}`;
}

/** The same in a few letters: `as it is`, `+1 h`, `+8 days`. */
export function off(ms: number): string {
  return ms === 0 ? 'as it is' : `${ms > 0 ? '+' : '−'}${lasting(Math.abs(ms))}`;
}

/** How far ahead a peer's calendar can be put. */
export const AHEAD = [0, HOUR, DAY, 8 * DAY] as const;

/** How late what two peers say to each other can be made. */
export const DELAYS = [0, 100, 500, 2000, 10_000] as const;

/** `none`, `500 ms`, `2 s`. */
export function delay(ms: number): string {
  return ms === 0 ? 'none' : lasting(ms);
}
