// Numbers in texts have the figures that were asked for, and no exponent.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFigures } from '../../src/model/figures.ts';

test('a whole number keeps all of its figures, and a small one is written out', () => {
  const two = [0, 160, 159.6, 15, 9.99, 1.25, 0.1, 2.9e-9].map((value) => formatFigures(value, 2));
  assert.deepEqual(two, ['0.0', '160', '160', '15', '10', '1.3', '0.10', '0.0000000029']);
  const three = [0, 1_234_567, 99.96, 9.996, 0.0999].map((value) => formatFigures(value, 3));
  assert.deepEqual(three, ['0.00', '1234567', '100', '10.0', '0.0999']);
});
