// Packets vanish and nothing at all answers.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  author: 'nobody',
  needs: ['timed out'],
  weights: {
    'timed out': [3.5, -4],
    'no reset on the wire': [1, -2],
    'client sent again and again': [1.5, -0.5],
    'table overflowed': [-4, 0.5],
    'table full': [-3, 0.2],
    'endpoint changed': [-4, 0.5],
    'INVALID packets were dropped': [-3, 0.2],
    'entry expired': [-3, 0.2],
    'was reset': [-3, 0],
    'was closed': [-4, 0],
    'listener closed': [-3, 0],
    'client noticed late': [-2, 0],
  },
  sentence: () =>
    'Packets vanished on the way and nothing answered: no RST, no ICMP. The client sent again until it gave up.',
});
