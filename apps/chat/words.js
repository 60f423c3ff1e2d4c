// What Chat says, apart from what stands in the page itself.

/** @type {Record<import('@mutiny/app').FailureReason, (name: string) => string>} */
const reasons = {
  expired: (name) => `${name} did not come online in time.`,
  'unknown-instance': (name) => `${name} no longer has this conversation. Ask ${name} to connect again.`,
  'not-invited': (name) => `${name} has not let this conversation in.`,
  blocked: (name) => `${name} does not take messages from you.`,
  'too-large': (name) => `It is larger than ${name} takes.`,
  malformed: (name) => `${name}’s computer could not make sense of it.`,
  forgotten: (name) => `It was sent again from a backup, and ${name}’s computer no longer knows whether it had it.`,
  withdrawn: () => 'It was taken back.',
};

/**
 * @param {Pick<import('@mutiny/app').Failure, 'reason' | 'outcome'>} failure
 * @param {string} name whom the message was for
 */
export const whyItFailed = ({ reason, outcome }, name) => {
  const why = reasons[reason]?.(name) ?? `${name}’s computer refused it.`;
  return outcome === 'unknown' ? `${why} It may have arrived all the same.` : why;
};

export const UNKNOWN_FATE = 'Nothing is known of it any more.';

/**
 * Where an own message stands, in words.
 * @param {import('./history.js').Message} message
 * @param {{name: string, online: boolean}} to
 */
export const stateOf = ({ state, problem }, { name, online }) => {
  switch (state) {
    case 'sending':
      return 'Sending…';
    case 'queued':
      return online ? 'On its way' : `Waiting for ${name} to come online`;
    case 'delivered':
      return 'Delivered';
    case 'failed':
      return problem ? `Not delivered. ${problem}` : 'Not delivered.';
    default:
      return '';
  }
};

/** @param {string | null} text */
export const shown = (text) => text ?? 'Something that this version of Chat cannot show.';

const today = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const earlier = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** @param {number} at */
export const time = (at) => {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return '';
  return (date.toDateString() === new Date().toDateString() ? today : earlier).format(date);
};
