/** Sentences about messages on their way. Names come apart from them where they need a direction of their own. */

import type { Exchange, FailureReason, Holdup, MessageState, OwnMessage, Withdrawal } from '../../../bindings/core';
import { ahead, ago } from '../time';
import { amount, counted, messages } from '../words';

export { amount, messages };

/** What is known of a size: `12 bytes`, `1.4 KB`, `3 MB`. */
export function size(bytes: number): string {
  if (bytes < 1000) return counted(bytes, 'byte');
  const [scaled, unit] = bytes < 999_500 ? [bytes / 1000, 'KB'] : [bytes / 1_000_000, 'MB'];
  return `${scaled.toLocaleString('en', { maximumFractionDigits: scaled < 10 ? 1 : 0 })} ${unit}`;
}

/** What messages to somebody wait for, in one sentence. */
export function waitingFor(holdup: Holdup, name: string): string {
  switch (holdup.kind) {
    case 'none':
      return `On the way to ${name}`;
    case 'away':
      return `Waiting for ${name} to come online`;
    case 'blocked':
      return `You have blocked ${name}`;
  }
}

/** What happens next, and what came of the last attempt; empty where there is nothing to say. */
export function outlook(holdup: Holdup, name: string, now: number): string {
  if (holdup.kind === 'blocked') return 'Nothing is sent until you unblock them.';
  if (holdup.kind !== 'away') return '';
  return [trouble(holdup, name), next(holdup, now)].filter(Boolean).join(' ');
}

function trouble({ trouble, attempts }: Holdup & { kind: 'away' }, name: string): string {
  switch (trouble) {
    case 'no-address':
      return `Nobody has said where ${name}’s computer is. A new contact link from them helps.`;
    case 'no-answer':
      return attempts > 1 ? `No answer to ${attempts.toLocaleString('en')} attempts.` : 'No answer so far.';
    case 'somebody-else':
      return `Another computer answers where ${name}’s was last.`;
    case 'hung-up':
      return `${name}’s computer answered and hung up.`;
    case null:
      return '';
  }
}

function next({ trying, next }: Holdup & { kind: 'away' }, now: number): string {
  if (trying) return 'Trying now…';
  return next === null ? '' : `Tries again ${ahead(next, now)}.`;
}

const REASONS: Record<FailureReason, (name: string) => string> = {
  expired: (name) => `${name} did not come online in time`,
  'unknown-instance': (name) => `${name}’s computer does not have this app any more`,
  'not-invited': (name) => `${name} has not let this app in`,
  blocked: (name) => `${name} takes no messages from you`,
  'too-large': (name) => `It is larger than ${name}’s computer takes`,
  malformed: (name) => `${name}’s computer could not make sense of it`,
  forgotten: (name) => `It was sent again from a backup, and ${name}’s computer no longer knows whether it had it`,
  withdrawn: () => 'You took it back',
};

/** Why a message failed, and what that means. */
export function failure({ reason, outcome }: OwnMessage, name: string): string {
  const why = reason ? REASONS[reason](name) : 'It failed';
  return outcome === 'unknown' ? `${why}. It may have arrived all the same.` : `${why}.`;
}

/** When a message was sent, and what became of it or will. */
export function times(message: OwnMessage, now: number): string {
  const sent = `Sent ${ago(message.sent, now)}`;
  if (message.state === 'queued') {
    return message.deadline === null ? sent : `${sent}, given up ${ahead(message.deadline, now)}`;
  }
  if (message.ended === null) return sent;
  const became = message.state === 'delivered' ? 'arrived' : message.reason === 'withdrawn' ? 'withdrawn' : 'failed';
  return `${sent}, ${became} ${ago(message.ended, now)}`;
}

/** What withdrawing means, one sentence each. */
export function consequences(apps: string[], name: string): string[] {
  const told = apps.length === 1 ? `${apps[0]} is` : 'The apps are';
  return [
    `${name} will not get what is still here. ${told} told that it was not delivered.`,
    'What is on its way at this moment may arrive all the same.',
    'This cannot be undone.',
  ];
}

/** What came of it. */
export function withdrawn({ withdrawn, uncertain, arrived, underWay }: Withdrawal, name: string): string {
  if (withdrawn + arrived + underWay === 1) {
    if (arrived) return `Too late: ${name} has it already.`;
    if (underWay) return `It is on its way at this moment. ${name}’s computer decides whether it arrives.`;
    return uncertain
      ? `Withdrawn. It had left this computer before, so ${name} may have it all the same.`
      : `Withdrawn. ${name} will not get it.`;
  }
  const parts = [
    withdrawn > 0 && `${counted(withdrawn, 'message')} withdrawn.`,
    uncertain > 0 && `${uncertain.toLocaleString('en')} of them had left this computer and may have arrived.`,
    arrived > 0 && `${arrived.toLocaleString('en')} had arrived already.`,
    underWay > 0 && `${underWay.toLocaleString('en')} ${underWay === 1 ? 'is' : 'are'} on the way at this moment.`,
  ];
  return parts.filter(Boolean).join(' ') || 'Nothing was waiting any more.';
}

/** How many of an exchange stand so. */
export function standing(exchange: Exchange, state: MessageState): number {
  return { queued: exchange.waiting, failed: exchange.failed, delivered: exchange.delivered }[state];
}

/** The sum, for screen readers, whenever it changes. */
export function summary(exchanges: Exchange[]): string {
  const sum = (state: MessageState) => exchanges.reduce((n, it) => n + standing(it, state), 0);
  const [waiting, failed] = [sum('queued'), sum('failed')];
  return `${messages(waiting)} ${waiting === 1 ? 'waits' : 'wait'}, ${amount(failed)} failed.`;
}
