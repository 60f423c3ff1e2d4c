import { expect, it } from 'vitest';
import { errorView } from './errors';

it.each([
  [
    { code: 'Stopped', message: 'Mutiny is closing.' },
    { code: 'Stopped', message: 'Mutiny is closing.' },
  ],
  [new Error('It broke.'), { code: 'Unexpected', message: 'It broke.' }],
  ['Command x not found', { code: 'Unexpected', message: 'Command x not found' }],
  [undefined, { code: 'Unexpected', message: 'Something unexpected went wrong.' }],
])('understands %o', (reason, view) => {
  expect(errorView(reason)).toEqual(view);
});
